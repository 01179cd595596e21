"""From a run to official series: what the publishers would have counted, beside what they published."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sojourn.calendar import period_index
from sojourn.compile.draws import Draws
from sojourn.engine.streams import component_key
from sojourn.observation.capture import Capture, Captures, Window
from sojourn.observation.noise import as_published, sample_counts
from sojourn.results.codes import refuse
from sojourn.results.recording import require_whole_record
from sojourn.scenario import Scenario, loads
from sojourn.scenario.model import Observation

if TYPE_CHECKING:
    from sojourn.results import Run

__all__ = ["by_station", "flow_name", "observations", "scenario_of"]

F64 = NDArray[np.float64]

_ORIGIN = dt.date(1900, 1, 1)
_HALF = 2.0**-54
_STREAM = component_key("observation")


def by_station(run: Run) -> dict[str, xr.Dataset]:
    """Return a dataset for every observation of the run's scenario: simulated beside published counts.

    Flows are spread evenly over the days of a recorded period; record by step where that matters. Noise is drawn by
    one number for each replicate, observation and period, keyed by the run's seed, so two policies under one seed
    are seen through the same noise. Means (expected mode) are seen without it.

    Source: inverse transform sampling, L. Devroye, "Non-Uniform Random Variate Generation" (1986), chapter III.

    Parameters
    ----------
    run : Run
        A run of the flow engine.

    Returns
    -------
    dict of str to xarray.Dataset
        By name of the observation: ``expected_count`` (replicate, time) float64, what is captured before noise;
        ``simulated_count`` (replicate, time) float64, with noise, rounding and suppression (missing where not
        published); ``published_count`` (time) float64, missing where nothing is published; ``dispersion``
        (replicate, time) float64, size of the negative-binomial noise, missing without one. Counts are in the
        series' unit of account, by its own periods: ``time`` is their first day, ``period_end`` the first day
        after. ``complete`` is False where part of what the period counts lies outside the run, ``coverage`` says
        how much lies inside. ``attrs`` has title, units, measure, of, noise, rounding, series, publisher, source,
        release, licence, period.

    Raises
    ------
    ScenarioError
        Where the recorded scenario is not one.
    RunError
        R501 where the run records only a part.
    """
    scenario = scenario_of(run)
    if not scenario.observations:
        return {}
    require_whole_record(run, "observations")
    captures = Captures(scenario, str(run.provenance["record"]))
    seen = _by_replicate(run, captures)
    return {name: _labelled(run, captures, name, [part[name] for part in seen]) for name in scenario.observations}


def observations(run: Run) -> xr.Dataset:
    """Return what publishers would have counted, beside what they published, as one labelled dataset.

    Parameters
    ----------
    run : Run
        A run of a scenario with observations, or a walk run with registrations.

    Returns
    -------
    xarray.Dataset
        Along ``time`` are the first days of all periods of all series, missing where a series has no such period.

        - ``expected_count`` (replicate, time, observation) float64: what is captured, before noise;
        - ``simulated_count`` (replicate, time, observation) float64: with noise, rounding and suppression;
        - ``published_count`` (time, observation) float64: missing where nothing is published;
        - ``dispersion`` (replicate, time, observation) float64: size of the negative binomial, missing without one.

        Counts are in the unit of account of their series (coordinate ``unit``). Coordinates along
        (time, observation) are ``period_end``, the first day after the period, ``complete``, False where part of
        what the period counts lies outside the run, and ``coverage``, how much lies inside; along ``observation``:
        ``title``, ``measure``, ``of``, ``series``, ``publisher``, ``release``, ``period``. For a walk run the
        observations are its camps, and registrations are expected as they are simulated.

    Raises
    ------
    RunError
        R501 where nothing is published beside the run.
    ScenarioError
        Where the recorded scenario is not one.
    """
    if "published_count" in run.data:
        return _registrations(run)
    seen = by_station(run)
    if not seen:
        raise refuse("R501", "observations", "the scenario of this run links no official series")
    time = np.unique(np.concatenate([one["time"].values for one in seen.values()]))
    names = xr.DataArray(np.array(list(seen), dtype=np.str_), dims="observation", name="observation")
    inside = {"complete": False, "coverage": 0.0}
    parts = [
        one.reset_coords(["period_end", *inside]).reindex(time=time, fill_value=inside).drop_attrs(deep=False)
        for one in seen.values()
    ]
    data = xr.concat(parts, dim=names, join="exact", coords="minimal", compat="override")
    data = data.transpose("replicate", "time", "observation").set_coords(["period_end", *inside])
    said = {"unit": "units"} | {name: name for name in _SAID}
    about = {name: ("observation", [str(one.attrs[key]) for one in seen.values()]) for name, key in said.items()}
    return data.assign_coords(about)


_SAID = ("title", "measure", "of", "series", "publisher", "release", "period")


def _registrations(run: Run) -> xr.Dataset:
    """Return the registrations of a walk run beside the people simulated in each camp."""
    camp = run.data["camp"].values
    simulated = run.stocks.isel(stage=camp).sum("group").astype(np.float64)
    published = run.data["published_count"].isel(stage=camp)
    count, (days, places) = len(run.data["replicate"]), published.shape
    end = np.broadcast_to(run.data["period_end"].values[:, None], (days, places))
    return xr.Dataset(
        {
            "expected_count": (("replicate", "time", "observation"), simulated.values),
            "simulated_count": (("replicate", "time", "observation"), simulated.values),
            "published_count": (("time", "observation"), published.values),
            "dispersion": (("replicate", "time", "observation"), np.full((count, days, places), np.nan)),
        },
        coords={
            "replicate": run.data["replicate"].values,
            "time": run.data["time"].values,
            "observation": published["stage"].values,
            "period_end": (("time", "observation"), end),
            "complete": (("time", "observation"), np.ones((days, places), np.bool_)),
            "coverage": (("time", "observation"), np.ones((days, places))),
            "country": ("observation", published["country"].values),
            "unit": ("observation", ["person"] * places),
            "measure": ("observation", ["stock"] * places),
            "period": ("observation", ["day"] * places),
        },
    )


def scenario_of(run: Run) -> Scenario:
    """Return the resolved scenario of a run, read once.

    Parameters
    ----------
    run : Run
        A run of the flow engine.

    Returns
    -------
    Scenario
        The scenario.

    Raises
    ------
    ScenarioError
        Where the recorded scenario is not one.
    """
    return _read(run.scenario_text)


@lru_cache(maxsize=4)
def _read(text: str) -> Scenario:
    return loads(text)


def _by_replicate(run: Run, captures: Captures) -> list[dict[str, Capture]]:
    """Return how each replicate is seen: one entry for all where nothing that counts is uncertain."""
    table = Draws(tuple(str(name) for name in run.data["quantity"].values), run.parameters.values)
    draws = [table.row(i, captures.grid) for i in range(len(table))]
    if not any(captures.moved_by(draw) for draw in draws[:1]):
        return [captures.work_out()]
    return [captures.work_out(draw) for draw in draws]


def _labelled(run: Run, captures: Captures, name: str, seen: list[Capture]) -> xr.Dataset:
    scenario = captures.scenario
    observation = scenario.observations[name]
    window = captures.window(observation)
    series = scenario.series[observation.series]
    counted = _counted(run, observation)
    expected = np.stack(
        [
            np.einsum("pg,pqg->q", one, (seen[r] if len(seen) > 1 else seen[0]).weight)
            for r, one in enumerate(counted)
        ]
    )
    coverage = seen[0].coverage
    expected[:, coverage == 0.0] = np.nan
    simulated = expected
    size = np.broadcast_to(np.stack([one.dispersion for one in seen]), expected.shape)
    if run.provenance["mode"] == "draw":
        simulated = sample_counts(observation.noise, expected, size, _uniforms(run, name, series.period, window))
    rounding = observation.rounding or series.rounding
    simulated = as_published(simulated, rounding, observation.suppress_below)
    data = xr.Dataset(
        {
            "expected_count": (("replicate", "time"), expected),
            "simulated_count": (("replicate", "time"), simulated),
            "published_count": (("time",), captures.published(name)),
            "dispersion": (("replicate", "time"), size),
        },
        coords={
            "replicate": run.data["replicate"].values,
            "time": window.start.astype("datetime64[ns]"),
            "period_end": ("time", window.end.astype("datetime64[ns]")),
            "complete": ("time", seen[0].complete),
            "coverage": ("time", np.minimum(coverage, 1.0)),
        },
        attrs={
            "title": observation.title or name,
            "units": observation.unit,
            "measure": observation.measure,
            "of": ", ".join(observation.of),
            "groups": ", ".join(observation.groups or tuple(scenario.groups)),
            "noise": observation.noise,
            "rounding": rounding or 1.0,
            "series": observation.series,
            "period": series.period,
            **{k: getattr(series, k) for k in ("publisher", "source", "release", "licence", "description")},
        },
    )
    for variable in ("expected_count", "simulated_count", "published_count"):
        data[variable].attrs["units"] = observation.unit
    return data


def flow_name(of: str) -> str:
    """Return a flow or stage as results name it: ``origin -> destination``, with single spaces."""
    return " -> ".join(part.strip() for part in of.split("->"))


def _counted(run: Run, observation: Observation) -> F64:
    """Return (replicate, recorded, group) float64: people in the flows or stages that the series sees."""
    array, dim = (run.flows, "flow") if observation.measure == "flow" else (run.stocks, "stage")
    names = [flow_name(of) for of in observation.of]
    counted = array.sel({dim: names}).sum(dim)
    if observation.groups is not None:
        counted = counted.where(counted["group"].isin(list(observation.groups)), 0)
    return counted.values.astype(np.float64)


def _uniforms(run: Run, name: str, period: str, window: Window) -> F64:
    """Return (replicate, period) float64 in (0, 1): one keyed number for each period of the calendar."""
    at = period_index(period, _ORIGIN, window.start[0].astype("datetime64[D]").item())
    component, span = component_key(f"observation/{name}"), slice(at, at + len(window.number))
    rows = []
    for replicate in run.data["replicate"].values:
        bits = np.random.Philox(
            key=np.array([run.seed, replicate], np.uint64), counter=np.array([0, 0, component, _STREAM], np.uint64)
        )
        rows.append(np.random.Generator(bits).random(span.stop)[span])
    return np.stack(rows) + _HALF
