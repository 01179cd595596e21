"""Random scenarios: what is written reads back, resolving settles, and nothing inside can be changed."""

import datetime as dt
import pickle

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn import library
from sojourn.scenario import Scenario, ScenarioError, digest, dump, load, loads, resolve
from sojourn.scenario.values import MOST_DAYS

settings.register_profile("scenario", deadline=None, suppress_health_check=[HealthCheck.too_slow])
SETTINGS = settings(settings.get_profile("scenario"), max_examples=60)

NAMES = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4})?", fullmatch=True).filter(lambda name: name != "rest")
TEXT = st.text(max_size=40)
POSITIVE = st.floats(min_value=1e-9, max_value=1e3, allow_nan=False)
DAYS = st.floats(min_value=1e-9, max_value=MOST_DAYS, allow_nan=False)
DATES = st.dates(dt.date(1990, 1, 1), dt.date(2090, 12, 31)).map(str)


def maybe(**keys):
    """Mappings with any subset of the keys."""
    return st.fixed_dictionaries({}, optional=keys)


UNITS = {"count": "server", "rate": "person / day", "duration": "day"}


@st.composite
def quantities(draw, kinds=("count", "rate", "duration")):
    """A quantity with one way of varying, or none."""
    kind = draw(st.sampled_from(kinds))
    quantity = {"kind": kind, "unit": UNITS[kind], "value": draw(POSITIVE)} | draw(
        maybe(description=TEXT, source=TEXT, inert=st.booleans(), closed=st.lists(DATES, max_size=3))
    )
    way = draw(st.sampled_from(("none", "steps", "season", "weekday", "prior")))
    if way == "steps":
        steps = dict(sorted(draw(st.dictionaries(DATES, POSITIVE, min_size=1, max_size=4)).items()))
        quantity["steps"] = {"1900-01-01": quantity.pop("value"), **steps}
    elif way in ("season", "weekday"):
        length = 12 if way == "season" else 7
        quantity[way] = draw(st.lists(POSITIVE, min_size=length, max_size=length))
    elif way == "prior":
        quantity["prior"] = {"distribution": "gamma", "mean": quantity["value"], "sd": draw(POSITIVE)}
    return quantity


@st.composite
def durations(draw):
    """A duration of any family."""
    family = draw(st.sampled_from(("fixed", "exponential", "gamma", "erlang", "lognormal", "empirical")))
    duration = {"distribution": family}
    if family == "empirical":
        return duration | {"days": draw(st.lists(DAYS, min_size=1, max_size=5))}
    if family == "lognormal":
        return duration | {"quantiles": {draw(st.floats(0.01, 0.4)): 3.5, 0.9: 8}}
    duration["mean_days"] = draw(DAYS)
    return duration | {"gamma": {"sd_days": 2}, "erlang": {"stages": draw(st.integers(1, 9))}}.get(family, {})


@st.composite
def scenarios(draw):
    """The written form of a valid scenario: a source, a chain of stages, two ends."""
    groups = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    names = draw(st.lists(NAMES, min_size=4, max_size=8, unique=True))
    known = draw(st.dictionaries(NAMES, quantities(), max_size=4))
    start, *chain, end, other = names
    rates = [name for name, quantity in known.items() if quantity["kind"] == "rate"]
    counts = [name for name, quantity in known.items() if quantity["kind"] == "count"]
    stages = {
        start: {
            "kind": "source",
            "inflow": {"type": "intensity", "rate_per_day": draw(st.sampled_from([3.5, *rates]))},
            "exits": chain[0],
        }
    }
    for here, after in zip(chain, [*chain[1:], end], strict=True):
        exits = draw(st.sampled_from((after, {after: 0.25, other: "rest"}, {after: {"attempt": True}}, {after: 1})))
        stage = draw(
            st.sampled_from(
                (
                    {"kind": "choice", "exits": exits},
                    {"kind": "journey", "dwell": draw(durations()), "exits": exits},
                    {"kind": "hold", "hazards": {after: draw(POSITIVE)}, "attempts": [after]},
                    {
                        "kind": "queue",
                        "servers": draw(st.sampled_from([2, *counts])),
                        "rate_per_day": 4,
                        "exits": exits,
                    },
                )
            )
        )
        stages[here] = stage | draw(maybe(description=TEXT))
    for name in (end, other):
        stages[name] = {"kind": "end", "outcome": "settled"}
    return {
        "name": draw(NAMES),
        "title": draw(TEXT),
        "description": draw(TEXT),
        "time": {"start": "2024-01-01", "end": "2024-12-31"},
        "groups": {name: {"nationality": "OOO", "label": draw(TEXT)} for name in groups},
        "quantities": known,
        "stages": stages,
        "policies": {
            f"policy-{name}": {"start": draw(DATES), "changes": [{"quantity": name, "scale": draw(POSITIVE)}]}
            for name in known
        },
    }


def made(written) -> Scenario:
    """The scenario of a written form, by the way that a user's changes take."""
    base = loads("name: x\ntime: {start: 2024-01-01, end: 2024-12-31}\ngroups: {none: {nationality: OOO}}\n"
                 "stages: {x: {kind: end, outcome: died}}\n")  # fmt: skip
    removals = {"groups": {"none": None}, "stages": {"x": None}}
    return base.replace(
        **written | {key: removals[key] | written[key] for key in removals if "x" not in written[key]}
    )


@SETTINGS
@given(scenarios())
def test_dump_and_loads_are_inverse(written):
    scenario = made(written)
    text = dump(scenario)
    assert loads(text) == scenario
    assert dump(loads(text)) == text
    assert list(loads(text).stages) == list(scenario.stages)


@SETTINGS
@given(scenarios())
def test_resolving_settles(written):
    scenario = made(written)
    resolved = resolve(scenario)
    assert resolve(resolved) == resolved
    assert loads(dump(scenario, resolved=True)) == resolved
    assert digest(resolved) == digest(scenario) == digest(loads(dump(scenario)))


@SETTINGS
@given(st.text(max_size=60))
def test_every_text_survives_writing(text):
    base = library.load("border-post")
    scenario = base.replace(title=text, groups={"adults": {"label": text}})
    assert loads(dump(scenario)) == scenario
    assert scenario.title.strip() == text.strip()


@SETTINGS
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_survives_writing(number):
    scenario = library.load("two-routes").replace(quantities={"swing": {"value": number}})
    assert loads(dump(scenario)).quantities["swing"].value == number


@pytest.mark.parametrize("name", library.list_scenarios())
def test_writing_to_a_file(name, tmp_path):
    scenario = library.load(name)
    text = dump(scenario, tmp_path / "copy.yaml")
    assert (tmp_path / "copy.yaml").read_text(encoding="utf-8") == text
    assert load(tmp_path / "copy.yaml") == scenario
    assert [path.name for path in tmp_path.iterdir()] == ["copy.yaml"]


@pytest.mark.parametrize("name", library.list_scenarios())
def test_frozen_hashable_and_picklable(name):
    scenario = library.load(name)
    assert {scenario: 1}[loads(dump(scenario))] == 1
    assert pickle.loads(pickle.dumps(scenario)) == scenario  # noqa: S301
    with pytest.raises(ValueError, match="frozen"):
        scenario.name = "other"
    with pytest.raises(TypeError, match="replace"):
        scenario.stages["x"] = next(iter(scenario.stages.values()))
    for change in ("clear", "popitem"):
        with pytest.raises(TypeError, match="replace"):
            getattr(scenario.quantities, change)()
    with pytest.raises(TypeError, match="replace"):
        scenario.quantities.update({})
    with pytest.raises(TypeError, match="replace"):
        del scenario.stages["x"]


def test_the_digest_tells_scenarios_apart_and_is_stable():
    digests = {name: digest(library.load(name)) for name in library.list_scenarios()}
    assert len(set(digests.values())) == len(digests)
    base = library.load("border-post")
    assert digest(base.replace(quantities={"officers": 7})) != digest(base)
    assert digest(base.replace(observations={})) == digest(base)


def test_a_scenario_that_is_not_sound_cannot_be_made_in_python():
    base = library.load("border-post")
    with pytest.raises(ScenarioError) as refusal:
        Scenario(**dict(base) | {"quantities": {}})
    assert set(refusal.value.codes) == {"L301"}
