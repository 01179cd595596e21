"""What a run is worth beside published figures: one type for every kind of run, its tables tidy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

__all__ = ["Scores"]


def _without_rows(*columns: str) -> pd.DataFrame:
    return pd.DataFrame({name: [] for name in columns})


@dataclass(frozen=True, eq=False)
class Scores:
    """What a run is worth beside the published figures; a table without rows says nothing of the run.

    Runs whose scenario links published series have ``stations``, ``bars`` and ``shares``; runs with registrations
    in camps have ``errors``, ``camps``, ``baselines``, ``bands`` and ``crps_edf``.
    """

    stations: pd.DataFrame = field(default_factory=lambda: _without_rows("observation", "span"))
    """Agreement by station and span; see :func:`sojourn.forecast.stations.agreement`."""
    bars: pd.DataFrame = field(default_factory=lambda: _without_rows("station", "verdict"))
    """What must be reached, and whether it is; see :func:`sojourn.forecast.verdict.measured`."""
    shares: pd.DataFrame = field(default_factory=lambda: _without_rows("share", "span"))
    """Agreement of the parts of stations in others; see :func:`sojourn.forecast.shares.shares`."""
    split: pd.Timestamp | None = None
    """First day of the test; None where everything is one span."""
    least: float | None = None
    """Smallest published count in a logarithmic error; None where there is no such error."""
    errors: pd.DataFrame = field(default_factory=lambda: _without_rows("replicate", "rescaled", "normal"))
    """Averaged relative difference of each replicate, with and without the simulated total scaled to the published
    one; see :func:`sojourn.forecast.camps.relative_difference`."""
    camps: pd.DataFrame = field(default_factory=lambda: _without_rows("camp", "replicate", "error"))
    """The part of each camp in the rescaled error of each replicate, camps in the order of the run."""
    baselines: pd.DataFrame = field(default_factory=lambda: _without_rows("baseline", "error"))
    """The same error of forecasts that need no model; see :func:`sojourn.forecast.camps.baselines`."""
    bands: pd.DataFrame = field(default_factory=lambda: _without_rows("level", "inside"))
    """Share of camps and days whose registrations lie in the central interval of the replicates; without rows for a
    single replicate."""
    crps_edf: float = float("nan")
    """Mean over days of the CRPS of the empirical distribution of the replicates, summed over camps, as a share of
    the people registered; of one replicate it is the error that is not rescaled."""

    def summary(self) -> dict[str, float]:
        """Return the error of camps in numbers.

        Returns
        -------
        dict[str, float]
            Mean, spread where there are several replicates, coverage and baselines, by name.
        """
        if not len(self.errors):
            return {}
        found = {"replicates": float(len(self.errors))}
        for name in ("rescaled", "normal"):
            each = self.errors[name].to_numpy()
            found[f"error {name}, mean"] = float(each.mean())
            if len(each) > 1:
                found[f"error {name}, lowest"] = float(each.min())
                found[f"error {name}, highest"] = float(each.max())
                found[f"error {name}, standard deviation"] = float(each.std(ddof=1))
        found["crps, empirical"] = self.crps_edf
        levels, inside = (self.bands[name].tolist() for name in ("level", "inside"))
        found |= {f"coverage {level:g}": share for level, share in zip(levels, inside, strict=True)}
        names, errors = (self.baselines[name].tolist() for name in ("baseline", "error"))
        return found | {f"baseline: {name}": error for name, error in zip(names, errors, strict=True)}

    def by_camp(self) -> pd.Series[float]:
        """Return the part of each camp in the rescaled error.

        Returns
        -------
        pandas.Series[float]
            Mean over replicates, by name of the camp.
        """
        return self.camps.groupby("camp", sort=False)["error"].mean()

    def _tables(self) -> Iterator[pd.DataFrame]:
        yield from (table for table in (self.stations, self.shares, self.bars) if len(table))
        if len(self.errors):
            summary = self.summary()
            yield pd.DataFrame({"score": list(summary), "value": list(summary.values())})
            yield self.by_camp().reset_index()

    def __str__(self) -> str:
        return "\n\n".join(
            table.to_string(index=False, float_format="{:.3f}".format, na_rep="-") for table in self._tables()
        )
