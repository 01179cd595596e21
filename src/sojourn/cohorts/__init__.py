"""Following people by when they came: the make-up of every stock by cohort, from the flows that a run recorded."""

from sojourn.cohorts.table import BY, cohorts

__all__ = ["BY", "cohorts"]
