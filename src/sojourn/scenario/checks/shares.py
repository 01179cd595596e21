"""Shares at exits: they add up to 1, whatever moves them."""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum

from sojourn.scenario.checks.draft import Draft
from sojourn.scenario.codes import Path
from sojourn.scenario.values import REST, Ref

__all__ = ["check_shares"]

_TOLERANCE = 1e-9


def check_shares(draft: Draft) -> None:
    """Check the exits of every stage."""
    for name, stage in draft.scenario.stages.items():
        shares = {way.to: way.value for way in stage.ways() if way.by == "exit" and way.value is not None}
        path: Path = ("stages", name, "exits")
        if shares and not draft.touched(path):
            _check_exits(draft, path, shares)


def _check_exits(draft: Draft, path: Path, shares: Mapping[str, Ref]) -> None:
    rest = [to for to, share in shares.items() if share == REST]
    names = [share for share in shares.values() if isinstance(share, str) and share != REST]
    if len(rest) > 1:
        draft.findings.problem(
            "L502",
            path,
            "only one exit can take what the others leave",
            found=", ".join(rest),
            remedy="give shares to all but one (an exit without a share takes the rest)",
        )
    if not rest and (moved := [name for name in names if name in draft.moved]):
        draft.findings.problem(
            "L503",
            path,
            "a share that varies, is uncertain or is changed by a policy needs a `rest`",
            found=", ".join(moved),
            remedy="write `rest` for the share of one exit",
        )
    elif all(name in draft.scenario.quantities for name in names):
        for group in draft.scenario.groups:
            total = fsum(_at_start(draft, share, group) for share in shares.values())
            if total > 1 + _TOLERANCE or (not rest and total < 1 - _TOLERANCE):
                where = "" if len(draft.scenario.groups) == 1 or not names else f" for {group}"
                draft.findings.problem(
                    "L501",
                    path,
                    f"the shares add up to {total:.12g}{where}",
                    found=f"{total:.12g}",
                    allowed="at most 1" if rest else "1",
                    remedy="correct them, or write `rest` for the share of one exit",
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
    return value if value is not None and 0 <= value <= 1 else 0.0
