"""Parts of a station in another: exact on made-up counts, and a wrong part is seen."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sojourn.forecast.shares import shares

STARTS = pd.date_range("2023-10-01", periods=6, freq="MS")
SPLIT = pd.Timestamp("2024-01-01")


def station(published, expected):
    ends = STARTS + pd.offsets.MonthBegin(1)
    return xr.Dataset(
        {
            "published_count": ("time", np.asarray(published, float)),
            "expected_count": (("replicate", "time"), np.asarray(expected, float)),
        },
        coords={"time": STARTS, "period_end": ("time", ends), "complete": ("time", np.ones(6, bool))},
    )


@pytest.fixture
def seen():
    whole = station([100, 200, 300, 400, 50, np.nan], np.full((3, 6), 1000.0))
    part = station([50, 100, 150, 100, 25, 10], np.outer([400.0, 500.0, 600.0], np.ones(6)))
    return {"part": part, "whole": whole}


def test_shares_of_periods_that_are_large_enough(seen):
    table = shares(seen, {"s": {"part": "part", "whole": "whole"}}, SPLIT, 100.0).set_index("span")
    assert list(table["periods"]) == [3, 1]  # 50 is too few, the last is not published
    assert list(table["published"]) == [0.5, 0.25]
    assert list(table["simulated"]) == [0.5, 0.5]
    assert list(table["error"]) == [0.0, 0.25]
    assert list(table["within_90"]) == [1.0, 0.0]


def test_nothing_laid_down_is_an_empty_table(seen):
    assert len(shares(seen, {}, SPLIT, 1.0)) == 0


def test_a_wrong_part_is_seen(seen):
    seen["part"]["expected_count"] *= 0.5
    table = shares(seen, {"s": {"part": "part", "whole": "whole"}}, SPLIT, 100.0)
    assert table["error"].iloc[0] == pytest.approx(0.25)
