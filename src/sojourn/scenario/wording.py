"""Numbers, quantities, priors and durations in words, for :func:`~sojourn.scenario.explain`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sojourn.scenario.units import Conversion
from sojourn.scenario.values import LINKS, Drift, Duration, Prior, Quantity, Response

__all__ = [
    "Quantities",
    "drift",
    "duration",
    "in_use",
    "listed",
    "number",
    "prior",
    "profile",
    "ref",
    "response",
    "with_unit",
]

Quantities = Mapping[str, Quantity]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def number(value: float) -> str:
    """Return a number with thousands separated and no needless digits.

    Parameters
    ----------
    value : float
        Any number.

    Returns
    -------
    str
        The text.
    """
    return f"{value:,.0f}" if value == int(value) and abs(value) < 1e15 else f"{value:.6g}"


def with_unit(value: float, unit: str) -> str:
    """Return a number with its unit; ``1`` is no unit, and ``1 / x`` reads per x."""
    unit = "" if unit == "1" else f"per {unit.removeprefix('1 / ')}" if unit.startswith("1 / ") else unit
    return f"{number(value)} {unit}".rstrip()


def listed(items: Iterable[str]) -> str:
    """Return items joined by commas, or ``none``.

    Parameters
    ----------
    items : Iterable[str]
        Words.

    Returns
    -------
    str
        The text.
    """
    return ", ".join(items) or "none"


def ref(value: float | str, quantities: Quantities, unit: str = "") -> str:
    """Return a parameter: its number and unit, or the name of the quantity with its value."""
    if isinstance(value, str) and value in quantities:
        return f"{value} ({profile(quantities[value], short=True)})"
    return value if isinstance(value, str) else with_unit(value, unit)


def _by(values: Mapping[str, float] | Iterable[tuple[str, float]]) -> str:
    pairs = values.items() if isinstance(values, Mapping) else values
    return ", ".join(f"{name} {number(value)}" for name, value in pairs)


def profile(quantity: Quantity, *, short: bool = False) -> str:
    """Return the value of a quantity and how it varies, in words.

    Parameters
    ----------
    quantity : Quantity
        The quantity.
    short : bool, optional
        Only name the ways in which it varies.

    Returns
    -------
    str
        The text.
    """
    value = with_unit(quantity.value, quantity.unit) if quantity.value is not None else ""
    ways = {
        "by group": _by(quantity.by_group) if quantity.by_group else "",
        "by date": _by((f"from {day}", v) for day, v in quantity.steps.items()) if quantity.steps else "",
        "by series": _series(quantity.series),
        "by month": _by(zip(_MONTHS, quantity.season, strict=True)) if quantity.season else "",
        "by weekday": _by(zip(_WEEKDAYS, quantity.weekday, strict=True)) if quantity.weekday else "",
        "by another": f"{quantity.times.quantity} x {number(quantity.times.by)}" if quantity.times else "",
        "with closed days": f"zero on {listed(map(str, quantity.closed))}" if quantity.closed else "",
    }
    parts = [value] if value else []
    if short and quantity.responds_to is not None:
        ways["by people"] = "responds"
    if short:
        parts += [way for way, text in ways.items() if text] + ["uncertain"] * (quantity.prior is not None)
        parts += ["drifting"] * (quantity.drift is not None)
    else:
        parts += [f"{way}: {text}" for way, text in ways.items() if text]
    return (", " if short else "; ").join(parts)


def _series(series: str | Mapping[str, str] | None) -> str:
    if series is None:
        return ""
    return series if isinstance(series, str) else ", ".join(f"{group} {name}" for group, name in series.items())


def in_use(conversion: Conversion, unit: str, values: Sequence[float]) -> str:
    """Return values as they are used: a number and unit, or the lowest and highest where months or years differ."""
    days = {"month": (31, 28), "quarter": (92, 90), "year": (366, 365), "fiscal-year": (366, 365)}
    used = [conversion.scaled(value) / day for value in values for day in days.get(conversion.per, (1,))]
    span = dict.fromkeys(number(one) for one in (min(used), max(used))) if used else {}
    why = f"divided by the days of each {conversion.per.replace('-', ' ')}" if conversion.per else ""
    numbers = " to ".join(span)
    return f"{numbers} {unit}".strip() + (f" ({why})" if why else "")


def prior(prior: Prior) -> str:
    """Return a prior: its family and parameters.

    Parameters
    ----------
    prior : Prior
        The prior of a quantity.

    Returns
    -------
    str
        Such as ``lognormal, 5 % 15, 95 % 60``.
    """
    names = {"sd_log": "sd of log", "low": "5 %", "high": "95 %"}
    if prior.distribution == "uniform":
        names = {"low": "from", "high": "to"}
    factor = "factor, " if prior.relative else ""
    given = ((names.get(k, k), getattr(prior, k)) for k in ("mean", "median", "sd", "sd_log", "low", "high"))
    return f"{factor}{prior.distribution}, {_by((name, value) for name, value in given if value is not None)}"


def drift(drift: Drift, kind: str) -> str:
    """Return a drift: its process and parameters."""
    names = {"sd": "sd", "persistence": "persistence", "sd_trend": "sd of trend", "damping": "damping of trend"}
    given = ((label, getattr(drift, key)) for key, label in names.items())
    start = f", from {drift.start}" if drift.start is not None else ""
    parameters = _by((label, value) for label, value in given if value is not None)
    return f"{drift.process} on the {LINKS[kind]}, by {drift.every}, {parameters}{start}"


def response(to: Response, quantities: Quantities) -> str:
    """Return to what a quantity responds, and how."""
    flows = "->" in to.of[0]
    mean = f", mean of about {number(to.days)} days" if to.days else ""
    capacity = ref(to.capacity, quantities, "people a day" if flows else "people")
    whose = f" of {', '.join(to.groups)}" if to.groups else ""
    return f"{' + '.join(to.of)}{whose} over {capacity}, {to.form}, elasticity {number(to.elasticity)}{mean}"


def duration(time: Duration, quantities: Quantities) -> str:
    """Return a distribution of time: its family and parameters."""
    parts: list[str] = [time.distribution]
    if time.mean_days is not None:
        parts.append(f"mean {ref(time.mean_days, quantities, 'days')}")
    if time.sd_days is not None:
        parts.append(f"sd {ref(time.sd_days, quantities, 'days')}")
    if time.stages is not None:
        parts.append(f"{time.stages} stages")
    for probability, days in (time.quantiles or {}).items():
        parts.append(f"{number(100 * probability)} % within {number(days)} days")
    if time.days is not None:
        parts.append(
            f"{len(time.days)} observed durations of {number(min(time.days))} to {number(max(time.days))} days"
        )
    return ", ".join(parts)
