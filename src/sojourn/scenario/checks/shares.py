"""Shares at exits, and of groups in a series: they add up to 1, whatever moves them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum

from sojourn.scenario.checks.draft import Draft
from sojourn.scenario.codes import Path
from sojourn.scenario.stages.inflow import SeriesInflow
from sojourn.scenario.traversal import models
from sojourn.scenario.values import REST, Ref

__all__ = ["check_shares"]

_TOLERANCE = 1e-9


def check_shares(draft: Draft) -> None:
    """Check the exits of every stage, and the shares of groups in a series."""
    for name, stage in draft.scenario.stages.items():
        shares = {way.to: way.value for way in stage.ways() if way.by == "exit" and way.value is not None}
        path: Path = ("stages", name, "exits")
        if shares and not draft.touched(path):
            _check_sum(draft, path, "exit", [(share, None) for share in shares.values()], shares)
    for path, model in models(draft.scenario):
        if isinstance(model, SeriesInflow) and model.split and not draft.touched(path):
            _check_sum(draft, (*path, "split"), "group", [(s, g) for g, s in model.split.items()], model.split)


def _check_sum(
    draft: Draft, path: Path, what: str, parts: Sequence[tuple[Ref, str | None]], shares: Mapping[str, Ref]
) -> None:
    """Check shares of exits or groups; ``parts`` are the shares, each with its group, or None for any."""
    rest = [to for to, share in shares.items() if share == REST]
    names = [share for share in shares.values() if isinstance(share, str) and share != REST]
    if len(rest) > 1:
        draft.findings.problem(
            "L502",
            path,
            f"only one {what} can take what the others leave",
            found=", ".join(rest),
            remedy=f"give shares to all but one {what}",
        )
    if not rest and (moved := [name for name in names if name in draft.moved]):
        draft.findings.problem(
            "L503",
            path,
            "a share that varies, is uncertain or is changed by a policy needs a `rest`",
            found=", ".join(moved),
            remedy=f"write `rest` for the share of one {what}",
        )
    elif all(name in draft.scenario.quantities for name in names):
        for group in draft.scenario.groups:
            total = fsum(_at_start(draft, share, group if own is None else own) for share, own in parts)
            if total > 1 + _TOLERANCE or (not rest and total < 1 - _TOLERANCE):
                alone = len(draft.scenario.groups) == 1 or not names or what == "group"
                where = "" if alone else f" for {group}"
                draft.findings.problem(
                    "L501",
                    path,
                    f"the shares add up to {total:.12g}{where}",
                    found=f"{total:.12g}",
                    allowed="at most 1" if rest else "1",
                    remedy=f"correct them, or write `rest` for the share of one {what}",
                )
                break


def _at_start(draft: Draft, share: float | str, group: str) -> float:
    """Return a share before series, seasons, draws and policies; 0 where that is not known."""
    if not isinstance(share, str):
        return share
    if share == REST:
        return 0.0
    quantity = draft.scenario.quantities[share]
    if quantity.series is not None or quantity.kind not in ("share", "probability"):
        return 0.0
    value = (quantity.by_group or {}).get(group, quantity.value)
    if value is None:
        return 0.0
    value = float(draft.conversions.of_quantity(share).scaled(value))
    return value if 0 <= value <= 1 else 0.0
