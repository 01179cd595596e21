"""Units: a corpus of wrong and convertible ones, and properties of reading and converting them."""

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

import sojourn as sj
from sojourn.scenario import ScenarioError, load
from sojourn.scenario.conversions import Conversions
from sojourn.scenario.units import COUNTED, SERVERS, WORDS, Conversion, UnitError, conversion, read_unit

CORPUS = Path(__file__).parent / "corpus-units"
VARIANTS = YAML(typ="safe").load((CORPUS / "variants.yaml").read_text(encoding="utf-8"))
CONVERTED = [name for name, one in VARIANTS.items() if "equals" in one]
REFUSED = [name for name, one in VARIANTS.items() if "refused" in one]


@pytest.fixture(scope="module")
def base():
    return load(CORPUS / "base.yaml")


def run(scenario):
    """Expected flows, and those of a replicate."""
    return [sj.simulate(scenario, seed=3, **how).flows.values for how in ({"mode": "expected"}, {"replicates": 1})]


def test_the_corpus_is_large():
    assert len(VARIANTS) >= 40


@pytest.mark.parametrize("name", CONVERTED)
def test_a_converted_unit_equals_the_one_converted_by_hand(base, name):
    one = VARIANTS[name]
    for found, wanted in zip(run(base.replace(**one["change"])), run(base.replace(**one["equals"])), strict=True):
        if one.get("rounded"):  # thousands are divided by days before, in place of after
            np.testing.assert_allclose(found, wanted, rtol=1e-14, atol=0)
        else:
            np.testing.assert_array_equal(found, wanted)


def test_a_conversion_that_differs_is_seen(base):
    """A fault in one of the numbers converted by hand does not pass."""
    found = run(base.replace(quantities={"arrivals": {"unit": "person / month", "value": 150}}))
    wanted = run(base.replace(quantities={"arrivals": {"value": 150 / 30}}))
    assert not any(np.array_equal(a, b) for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_unit_is_refused(base, name):
    with pytest.raises(ScenarioError) as refusal:
        base.replace(**VARIANTS[name]["change"])
    assert [f"{p.code} {p.where}" for p in refusal.value.problems] == [VARIANTS[name]["refused"]]
    for problem in refusal.value.problems:
        assert problem.found
        assert problem.allowed
        assert problem.remedy or problem.code == "L209"


def test_explain_shows_values_as_written_and_as_used(base):
    text = base.replace(
        quantities={
            "arrivals": {"unit": "person / month", "value": 150},
            "granted": {"unit": "percent", "value": 35},
        }
    ).explain()
    assert "value: 150 person / month" in text
    assert "used as: 4.83871 to 5.35714 person / day (divided by the days of each month)" in text
    assert "value: 35 percent" in text and "used as: 0.35" in text
    assert "used as" not in base.explain()


def test_parameters_are_given_in_the_unit_that_is_written(base):
    month = base.replace(quantities={"arrivals": {"unit": "person / month", "value": 150}})
    fixed = base.replace(quantities={"arrivals": {"unit": "person / month", "value": 300}})
    given_ = sj.simulate(month, mode="expected", parameters={"arrivals": 300.0})
    np.testing.assert_allclose(given_.flows.values, sj.simulate(fixed, mode="expected").flows.values, rtol=1e-12)
    path = sj.simulate(month, mode="expected", parameters={f"arrivals[{y}]": 300.0 for y in (2023, 2024)})
    np.testing.assert_array_equal(path.flows.values, sj.simulate(fixed, mode="expected").flows.values)


def test_a_draw_in_percent_moves_the_odds_as_one_in_parts(base):
    def drawn(scale, unit):
        low, high = 0.2 * scale, 0.5 * scale
        prior = {"distribution": "uniform", "low": low, "high": high}
        steps = {"2024-03-01": 0.6 * scale}
        granted = {"unit": unit, "value": 0.35 * scale, "prior": prior, "steps": steps}
        return sj.simulate(base.replace(quantities={"granted": granted}), replicates=3, seed=1).flows.values

    assert np.array_equal(drawn(1, "1"), drawn(100, "percent"))


def test_a_relative_prior_multiplies(base):
    prior = {"distribution": "lognormal", "median": 1, "sd_log": 0.3, "relative": True}
    absolute = {"distribution": "lognormal", "median": 12, "sd_log": 0.3}
    runs = [
        sj.simulate(base.replace(quantities={"arrivals": {"prior": one}}), replicates=3, seed=1)
        for one in (prior, absolute)
    ]
    assert np.allclose(*(one.data["parameters"].values for one in runs))
    dated = base.replace(quantities={"arrivals": {"value": None, "steps": {"2023-12-01": 10}, "prior": prior}})
    assert sj.simulate(dated, mode="expected").flows.values.sum() > 0
    for wrong in ({**prior, "median": 12}, {**absolute, "median": 10}):
        with pytest.raises(ScenarioError) as refusal:
            base.replace(quantities={"arrivals": {"prior": wrong}})
        assert refusal.value.codes == ("L416",)


def test_a_relative_prior_of_a_share_moves_its_odds(base):
    prior = {"distribution": "lognormal", "median": 1, "sd_log": 2.0, "relative": True}
    for granted in ({"value": 0.35}, {"value": None, "by_group": {"all": 0.35}}, {"unit": "percent", "value": 35}):
        scenario = base.replace(quantities={"granted": {**granted, "prior": prior}})
        run_ = sj.simulate(scenario, replicates=20, seed=1)
        assert not run_.notes.filter(like="cut").any()


TIMES = ("day", "week", "month", "year", "fiscal year", "hour", "quarter")
ATOMS = st.sampled_from([*COUNTED, *SERVERS, "USD", "index", *TIMES])


@st.composite
def texts(draw):
    above, below = draw(st.lists(ATOMS, max_size=2)), draw(st.lists(ATOMS, max_size=2))
    number = draw(st.sampled_from(("", "1000 ", "7 ")))
    return f"{number}{' * '.join(above) or '1'}{''.join(f' / {one}' for one in below)}"


@given(texts())
def test_the_base_of_a_unit_is_a_fixed_point(text):
    unit = read_unit(text)
    base_ = read_unit(unit.base)
    assert base_.base == unit.base
    assert base_.dimension == unit.dimension
    assert base_.scale == 1.0


@given(texts(), st.floats(1e-3, 1e6))
def test_conversion_there_and_back_is_the_identity(text, value):
    unit, base_ = read_unit(text), read_unit(read_unit(text).base)
    there, back = conversion(unit, base_), conversion(base_, unit)
    if not there.per:
        assert math.isclose(back.scaled(there.scaled(value)), value, rel_tol=1e-12)
    assert conversion(unit, unit) == Conversion()


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        assert read_unit(text).scale > 0
    except UnitError as error:
        assert isinstance(error.word, str)


@pytest.mark.parametrize("word", [word for word in WORDS if word != "1"])
def test_every_word_is_understood_in_singular_and_plural(word):
    assert read_unit(word).dimension == read_unit(f"1 / (1 / {word})").dimension


@pytest.mark.parametrize("name", sj.list_scenarios())
def test_no_number_of_a_built_in_scenario_is_converted(name):
    scenario = sj.load(name)
    units = Conversions(scenario)
    assert [quantity for quantity in scenario.quantities if units.of_quantity(quantity)] == []


def test_pint_is_loaded_with_the_first_unit_only():
    code = (
        "import sys, sojourn as sj; print('pint' in sys.modules, sj.load('border-post') and 'pint' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "True"]
