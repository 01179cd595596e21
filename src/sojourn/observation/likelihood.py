"""How likely the published figures are, given what a model recorded: from plain arrays, without a whole run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sojourn.compile.draws import CENTRAL, Draw
from sojourn.compile.model import FlowModel
from sojourn.observation.capture import Capture, Captures
from sojourn.observation.noise import Noise, log_probability
from sojourn.observation.stations import flow_name
from sojourn.scenario.model import Observation

__all__ = ["Likelihood", "Station"]

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Station:
    """One observation of a scenario: which of the recorded arrays it counts, and what was published.

    Attributes
    ----------
    measure : {"flow", "stock"}
        Which array it counts.
    rows : ndarray
        Positions of the flows or stages counted: int64.
    groups : ndarray
        ``(group)`` float64, 1 for the groups counted.
    start, end : ndarray
        ``(period)`` datetime64, first day, and first day after.
    published : ndarray
        ``(period)`` float64, in the unit of the series; missing where nothing is published.
    noise, rounding
        As the scenario states them.
    """

    measure: str
    rows: NDArray[np.int64]
    groups: F64
    start: NDArray[np.datetime64]
    end: NDArray[np.datetime64]
    published: F64
    noise: Noise
    rounding: float


class Seen(NamedTuple):
    """One observation of one replicate."""

    expected: F64  # (period) counts before noise; missing where nothing of the period lies in the run
    size: F64  # (period) size of the negative binomial; missing without one
    complete: NDArray[np.bool_]  # (period) whether all that the period counts lies in the run


class Likelihood:
    """The published figures of a model's scenario, and how likely they are under what was recorded.

    Made once for a model; it can be pickled.

    Parameters
    ----------
    model : FlowModel
        A compiled scenario.

    Attributes
    ----------
    stations : mapping of str to Station
        The observations, by name.
    """

    def __init__(self, model: FlowModel) -> None:
        scenario, labels = model.scenario, model.labels
        self._captures = Captures(scenario, labels.record)
        position = {
            "flow": {name: i for i, name in enumerate(labels.flow)},
            "stock": {name: i for i, name in enumerate(labels.stage)},
        }
        self.stations: Mapping[str, Station] = {
            name: self._station(name, one, position[one.measure], labels.group)
            for name, one in scenario.observations.items()
        }

    def _station(
        self, name: str, one: Observation, position: Mapping[str, int], groups: tuple[str, ...]
    ) -> Station:
        window = self._captures.window(one)
        return Station(
            one.measure,
            np.array([position[flow_name(of)] for of in one.of], np.int64),
            np.array([one.groups is None or g in one.groups for g in groups], np.float64),
            window.start,
            window.end,
            self._captures.published(name),
            one.noise,
            one.rounding or self._captures.scenario.series[one.series].rounding or 1.0,
        )

    def expected(self, record: Mapping[str, NDArray[np.generic]], draw: Draw = CENTRAL) -> dict[str, Seen]:
        """Return what each publisher would count on average.

        Parameters
        ----------
        record : mapping
            ``stocks`` (time, stage, group) and ``flows`` (time, flow, group) as
            :meth:`~sojourn.compile.model.FlowModel.record` gives them, person.
        draw : Draw
            The parameter values: shares captured, delays and dispersion may depend on them.

        Returns
        -------
        dict of str to Seen
            By observation: ``expected`` (period) float64, counts before noise, missing where nothing of the period
            lies in the run; ``size`` (period) float64 of the negative binomial; ``complete`` (period) bool.
        """
        seen = self._captures.work_out(draw)
        return {name: self._seen(station, record, seen[name]) for name, station in self.stations.items()}

    @staticmethod
    def _seen(station: Station, record: Mapping[str, NDArray[np.generic]], capture: Capture) -> Seen:
        array = record["flows" if station.measure == "flow" else "stocks"]
        counted = array[:, station.rows].sum(1).astype(np.float64) * station.groups
        expected = np.einsum("pg,pqg->q", counted, capture.weight)
        expected[capture.coverage == 0.0] = np.nan
        return Seen(expected, capture.dispersion, capture.complete)

    def log_likelihood(
        self,
        record: Mapping[str, NDArray[np.generic]],
        draw: Draw = CENTRAL,
        *,
        until: np.datetime64 | None = None,
    ) -> dict[str, F64]:
        """Return the log probability of each published figure.

        Parameters
        ----------
        record : mapping
            As :meth:`expected` takes it.
        draw : Draw, optional
            As :meth:`expected` takes it.
        until : numpy.datetime64, optional
            Leave out periods that end after that day.

        Returns
        -------
        dict of str to ndarray
            (period) float64 by observation, nats; missing where nothing is published, or where the period does not
            lie wholly in the run.
        """
        out = {}
        for name, seen in self.expected(record, draw).items():
            station = self.stations[name]
            used = seen.complete & ~np.isnan(station.published)
            if until is not None:
                used &= station.end <= until
            found = np.full(len(station.published), np.nan)
            size = None if np.isnan(seen.size).all() else seen.size[used]
            found[used] = log_probability(
                station.noise, station.published[used], seen.expected[used], size, station.rounding
            )
            out[name] = found
        return out
