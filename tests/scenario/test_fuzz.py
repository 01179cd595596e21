"""Whatever stands in a scenario, loading accepts it or refuses it with a ScenarioError; nothing else happens."""

import copy
import json
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.scenario import Scenario, ScenarioError, check, dump, explain, loads, resolve
from sojourn.scenario.codes import Findings
from sojourn.scenario.reading.yaml_text import read_file

DATA = read_file(Path(__file__).parent / "corpus" / "valid" / "every-kind.yaml", Findings()).data

NAMES = ["rest", "officers", "share-out", "red", "out", "desk -> out", "2024-02-30", "2024-06-01", "1"]
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
JUNK = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=8) | st.sampled_from(NAMES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["kind", "value", "a", ""]), inner),
    max_leaves=4,
)
ACTIONS = st.sampled_from(["set", "remove", "rename", "add"])


def places(data, path=()):
    """Yield the path of every entry."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


PLACES = sorted(places(DATA), key=str)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from(PLACES), st.sampled_from("set remove rename add".split()), JUNK),
        min_size=1,
        max_size=4,
    )
)
def test_loading_accepts_or_refuses(changes):
    data = copy.deepcopy(DATA)
    for path, action, junk in changes:
        holder = data
        try:
            for key in path[:-1]:
                holder = holder[key]
            old = holder[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue
        if action == "set" or isinstance(holder, list):
            holder[path[-1]] = junk
        elif action == "add":
            holder[f"{path[-1]}x"] = junk
        else:
            del holder[path[-1]]
            if action == "rename":
                holder[f"{path[-1]}-"] = old
    try:
        scenario = loads(json.dumps(data))
    except ScenarioError as refusal:
        assert refusal.problems
        return
    assert isinstance(scenario, Scenario)
    assert loads(dump(scenario)) == scenario
    assert not check(resolve(scenario)).problems
    assert explain(scenario)
