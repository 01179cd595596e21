"""How publishers see a run: share captured, delay, rounding, and the noise of counts."""
