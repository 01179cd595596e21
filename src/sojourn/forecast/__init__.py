"""How well a model does: scores beside published figures, naive predictors, bars."""

from sojourn.forecast.camps import (
    baselines,
    camp_differences,
    coverage,
    forecasts,
    relative_difference,
    score_camps,
)
from sojourn.forecast.codes import CODES, ForecastError
from sojourn.forecast.scorecard import Scores
from sojourn.forecast.scores import crps, crps_edf
from sojourn.forecast.scoring import bars, fitted_to, require_scorable, score
from sojourn.forecast.stations import agreement

__all__ = [
    "CODES",
    "ForecastError",
    "Scores",
    "agreement",
    "bars",
    "baselines",
    "camp_differences",
    "coverage",
    "crps",
    "crps_edf",
    "fitted_to",
    "forecasts",
    "relative_difference",
    "require_scorable",
    "score",
    "score_camps",
]
