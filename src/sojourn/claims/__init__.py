"""Claims: which definition, period and publisher make a published figure true, or that none does."""

from __future__ import annotations

from sojourn.claims.checker import check
from sojourn.claims.codes import CODES, ClaimsError
from sojourn.claims.result import Checked, Claim, RunnerUp

__all__ = ["CODES", "Checked", "Claim", "ClaimsError", "RunnerUp", "check"]
