"""How well a model does: scores against published figures, naive predictors, bars."""

from sojourn.forecast.codes import CODES, ForecastError
from sojourn.forecast.scoring import Scores, bars, fitted_to, score
from sojourn.forecast.stations import agreement

__all__ = ["CODES", "ForecastError", "Scores", "agreement", "bars", "fitted_to", "score"]
