"""A run: the labelled results of simulating one scenario, with all that is needed to repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import xarray as xr

from sojourn.results import store
from sojourn.results.check import conserved
from sojourn.results.summary import at_end, summarise
from sojourn.verbs import bind

if TYPE_CHECKING:
    from sojourn.cohorts import cohorts as _cohorts
    from sojourn.forecast import score as _score
    from sojourn.loading import rerun as _rerun
    from sojourn.loading import scenario_of as _scenario
    from sojourn.observation import observations as _observations
    from sojourn.report import card as _card
    from sojourn.report import report as _report
    from sojourn.results.comparison import compare as _compare

__all__ = ["Run", "open_run"]


@bind
@dataclass(frozen=True, eq=False)
class Run:
    """The results of simulating one scenario with either engine: stocks, flows and waits of every replicate.

    The stages of a walk run are its places, its flows the people who set out on a road, and it has one group. A run
    of the first replicates only is a run like any other.

    Attributes
    ----------
    data : xarray.Dataset
        The variables of :data:`~sojourn.results.dims.VARIABLES`.
    provenance : Mapping[str, Any]
        What :data:`~sojourn.results.provenance.PROVENANCE` lists.
    missing : int
        How many more replicates were asked for.
    """

    data: xr.Dataset
    provenance: Mapping[str, Any]
    missing: int = 0

    if TYPE_CHECKING:
        card = _card
        cohorts = _cohorts
        compare = _compare
        observations = _observations
        report = _report
        rerun = _rerun
        scenario = _scenario
        score = _score

    @property
    def engine(self) -> str:
        """The engine that made the run: flow or walk."""
        return str(self.provenance["engine"])

    @cached_property
    def has(self) -> frozenset[str]:
        """Names of the variables and coordinates that are not empty."""
        return frozenset(str(name) for name, array in self.data.variables.items() if array.size)

    @property
    def stocks(self) -> xr.DataArray:
        """People in each stage at the end of each period: (replicate, time, stage, group) int64, person."""
        return self.data["stocks"]

    @property
    def flows(self) -> xr.DataArray:
        """People who took each flow in each period: (replicate, time, flow, group) int64, person."""
        return self.data["flows"]

    @property
    def waits(self) -> xr.Dataset:
        """How long those who began service had waited.

        ``mean``: (replicate, time, queue, group) float64, days, missing where nobody began service;
        ``count``: (replicate, time, queue, group) int64, person;
        ``hist``: (replicate, queue, wait_bin, group) int64, person, over the whole run.
        """
        count = self.data["wait_count"]
        mean = (self.data["wait_days"] / count.where(count > 0)).assign_attrs(
            units="day", long_name="mean wait of those who began service in the period"
        )
        return xr.Dataset({"mean": mean, "count": count, "hist": self.data["wait_hist"]})

    @property
    def parameters(self) -> xr.DataArray:
        """Drawn values of the uncertain quantities: (replicate, quantity) float64, each in its own unit."""
        return self.data["parameters"]

    @property
    def notes(self) -> pd.Series[int]:
        """What was clipped, filled or left out, counted over all replicates; only what happened."""
        counts = self.data["notes"].sum("replicate").to_series()
        return counts[counts > 0]

    def notes_in_words(self) -> dict[str, int]:
        """Return the notes as sentences: codes with what they stand for, and how often each was counted.

        Returns
        -------
        dict[str, int]
            How often each was counted, by its sentence.
        """
        found = {str(name): int(count) for name, count in self.notes.items()}
        if "note_text" not in self.data.coords:
            return found
        words = dict(zip(map(str, self.data["note"].values), map(str, self.data["note_text"].values), strict=True))
        return {f"{code}: {words[code]}": count for code, count in found.items()}

    @property
    def replicates(self) -> int:
        """Number of replicates."""
        return int(self.data.sizes["replicate"])

    @property
    def first(self) -> int:
        """Number of the first replicate."""
        return int(self.data["replicate"].values[0])

    @property
    def seed(self) -> int:
        """Seed of every stream."""
        return int(self.provenance["seed"])

    @property
    def scale(self) -> int:
        """People an agent stands for; 1 where people are counted."""
        return int(self.provenance.get("scale", 1))

    @property
    def scenario_text(self) -> str:
        """The scenario with every value explicit, as YAML text."""
        return str(self.provenance["scenario"])

    def identical(self, other: Run) -> bool:
        """Return whether both runs hold the same replicates: values, labels, units and provenance, to the bit.

        Parameters
        ----------
        other : Run
            Another run.

        Returns
        -------
        bool
            Whether they are.
        """
        return dict(self.provenance) == dict(other.provenance) and bool(self.data.identical(other.data))

    def summary(self, what: str = "flows", by: str = "month", **options: Any) -> pd.DataFrame:
        """Return quantiles over replicates as a tidy table; see :func:`sojourn.results.summarise`.

        Parameters
        ----------
        what : str, optional
            As in :func:`sojourn.results.summarise`.
        by : str, optional
            As in :func:`sojourn.results.summarise`.
        **options : object
            Its further options: ``quantiles``, ``groups`` and ``fiscal``.

        Returns
        -------
        pandas.DataFrame
            One row for each period and name.
        """
        return summarise(self, what, by, **options)

    def at_end(self) -> pd.DataFrame:
        """Return people in each stage on the last day as a table; see :func:`sojourn.results.at_end`.

        Returns
        -------
        pandas.DataFrame
            The columns of :func:`sojourn.results.at_end`.
        """
        return at_end(self)

    def check(self) -> None:
        """Raise RunError R401 if people were lost or made; see :func:`sojourn.results.conserved`."""
        conserved(self)

    def save(self, path: str | Path, *, force: bool = False) -> Path:
        """Write the run to a directory (zarr version 3), whole or not at all.

        Parameters
        ----------
        path : str or Path
            The directory to write.
        force : bool, optional
            Replace an earlier run that is there, once the new one is whole; anything else is never replaced.

        Returns
        -------
        Path
            The directory written.

        Raises
        ------
        RunError
            R105 where the path is taken, R106 where the run cannot be written, R107 where another process writes
            there.
        """
        wanted = self.replicates + self.missing
        return store.write([self.data], self.provenance, Path(path), wanted=wanted, force=force)

    def __repr__(self) -> str:
        counted = ((self.data.sizes[name], name) for name in ("replicate", "stage", "group"))
        sizes = ", ".join(f"{number} {name}{'s' * (number != 1)}" for number, name in counted)
        first, last = (str(self.data["time"].values[i])[:10] for i in (0, -1))
        agents = f", {self.scale} people an agent" if "scale" in self.provenance else ""
        missing = f" ({self.missing} missing)" if self.missing else ""
        return (
            f"<Run of {self.provenance['name']}: {sizes}{missing}, "
            f"{first} to {last} by {self.provenance['record']}, seed {self.seed}{agents}>"
        )


def open_run(path: str | Path) -> Run:
    """Open the run at ``path``, also one that is not finished: ``missing`` says how many replicates it lacks.

    Arrays are compared with the digests that were written with them. A run of more than 256 MB is read as it is
    used, and compared then.

    Parameters
    ----------
    path : str or Path
        The directory that :meth:`Run.save` or a simulation wrote.

    Returns
    -------
    Run
        The run.

    Raises
    ------
    RunError
        R101 to R104 where there is no run, or one that cannot be read; R104 also when an array of a large run is
        first used.
    """
    return Run(*store.read(Path(path)))
