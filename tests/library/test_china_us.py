"""The scenario china-us: every part has its source, its files follow from the figures, its what-ifs act."""

import importlib.util
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sojourn as sj
from sojourn.report.answers.wording import counted
from sojourn.report.facts import Facts
from sojourn.scenario import check

ROOT = Path(__file__).parents[2]
WHAT_IFS = sorted(sj.list_scenarios("china-us"))
REPLICATES = 12


@cache
def scenario(what_if=None):
    return sj.load("china-us", what_if=what_if or ())


@cache
def run(what_if=None):
    return sj.simulate(scenario(what_if), replicates=REPLICATES, seed=7)


@pytest.mark.parametrize("what_if", [None, *WHAT_IFS])
def test_resolves_to_itself_without_problems(what_if):
    whole = scenario(what_if)
    resolved = whole.resolve()
    assert resolved.resolve() == resolved
    found = check(whole)
    assert not found.problems
    assert {note.code for note in found.warnings} <= {"L904", "L903"}
    assert [note.where for note in found.warnings if note.code == "L903"] == []


@pytest.mark.parametrize("what_if", [None, *WHAT_IFS])
def test_everything_says_where_it_comes_from(what_if):
    whole = scenario(what_if)
    assert whole.title and whole.description and whole.misuse
    for name, policy in whole.policies.items():
        assert policy.title and policy.citation and policy.confidence, name
    for name, quantity in whole.quantities.items():
        assert quantity.source and quantity.date and quantity.unit and quantity.description, name
        assert quantity.confidence, name
    for name, series in whole.series.items():
        assert series.publisher and series.source and series.release and series.licence and series.unit, name
    for name, observation in whole.observations.items():
        assert observation.title and observation.unit, name


def test_the_road_of_the_design_is_there():
    whole = scenario()
    assert (str(whole.time.start), str(whole.time.end)) == ("2022-01-01", "2026-12-31")
    assert whole.time.step_days == 1 and whole.time.record == "month"
    assert {"darien", "custody", "fear-screening", "court", "appeals", "awaiting-removal"} <= set(whole.stages)
    policies = {name: str(policy.start) for name, policy in whole.policies.items()}
    for name, start in {
        "title-42": "2020-03-20",
        "short-interviews": "2023-04-15",
        "proclamation-10773": "2024-06-05",
        "ecuador-visa": "2024-07-01",
        "panama-closure": "2024-07-01",
        "charter-2024-06": "2024-06-29",
        "proclamation-10888": "2025-01-20",
    }.items():
        assert policies[name] == start
    kinds = {stage.kind for stage in whole.stages.values()}
    assert kinds == {"source", "journey", "choice", "queue", "hold", "end"}


def test_its_files_follow_from_the_figures():
    spec = importlib.util.spec_from_file_location("build_china_us", ROOT / "tools" / "build_china_us.py")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    columns = {}
    build.gateways(columns)
    build.stations(columns)
    assert build.write(pd.DataFrame(columns), "month.csv", True)
    assert build.write(build.pushes(), "push.csv", True)
    assert build.write(build.years(), "fiscal-year.csv", True)
    columns["usbp"] = columns["usbp"] + 1.0
    assert not build.write(pd.DataFrame(columns), "month.csv", True)


def test_shares_given_to_the_model_end_with_the_fit():
    whole = scenario()
    for name in ("ecuador-share", "san-diego-share", "rio-grande-valley-share", "to-ice-share"):
        series = whole.series[name]
        known = [i for i, value in enumerate(series.values) if value is not None]
        assert known[-1] == 23 and str(series.start) == "2022-01-01", name  # December 2023


@pytest.mark.parametrize("what_if", [None, *WHAT_IFS])
def test_nobody_is_lost(what_if):
    sj.simulate(scenario(what_if), replicates=2, seed=3, guard=True)


def test_zero_change_gives_exactly_zero_difference():
    same = scenario().replace(policies={"ecuador-visa": {"start": "2024-07-01"}}, description="Said otherwise.")
    assert sj.compare(run(), sj.simulate(same, replicates=REPLICATES, seed=7)).unchanged


@pytest.mark.parametrize("what_if", WHAT_IFS)
def test_nothing_moves_before_the_change(what_if):
    """The first period that differs is that of the earliest policy that differs."""
    base, other = (scenario(name).policies for name in (None, what_if))
    moved = [
        policy.start
        for one, two in ((base, other), (other, base))
        for name, policy in one.items()
        if name not in two or two[name] != policy
    ]
    differs = (sj.compare(run(), run(what_if)).stocks != 0).any(("replicate", "stage", "group")).values
    first = run().data["time"].values[np.flatnonzero(differs)[0]]
    assert str(first)[:7] >= str(min(moved))[:7]
    assert differs.any()


def effect(what_if, kind, name, until=None):
    """Return the 5 %, 50 % and 95 % quantile of the paired difference: flow until a month, or stock at its end."""
    comparison = sj.compare(run(), run(what_if))
    array = getattr(comparison, kind).sum("group").sel({kind.removesuffix("s").replace("stock", "stage"): name})
    array = array.sel(time=slice(None, until))
    values = array.sum("time") if kind == "flows" else array.isel(time=-1)
    return np.quantile(values.values, (0.05, 0.5, 0.95))


# (what-if, flows or stocks, name, last month, least and most of the median, sign of the whole 90 % interval)
EXPECTED = [
    # A year of would-be travellers by Ecuador is refused, 26,000 of them; about one in ten finds another gateway.
    ("ecuador-visa-2023", "flows", "ecuador -> ecuador-road", "2024-06", (-30_000, -20_000), -1),
    ("ecuador-visa-2023", "flows", "darien -> central-america", "2024-08", (-25_000, -10_000), -1),
    ("ecuador-visa-2023", "stocks", "court", None, (-28_000, -12_000), -1),
    # 40 people a day more by Ecuador until asylum is suspended, fewer afterwards; half or less reach the border.
    ("no-ecuador-visa", "flows", "ecuador-application -> ecuador-road", None, (5_000, 20_000), 1),
    ("no-ecuador-visa", "stocks", "turned-back", None, (200, 6_000), 1),
    ("no-ecuador-visa", "flows", "disposition -> notice", None, (1_000, 9_000), 1),
    # Eight months of up to twice the flow over Mexico, and fewer sent to ICE.
    ("no-proclamation-10773", "flows", "disposition -> notice", "2025-01", (1_000, 9_000), 1),
    ("no-proclamation-10773", "flows", "disposition -> fear-screening", "2025-01", (-4_000, -200), -1),
    # A tenth to a quarter of a small flow is not turned back.
    ("panama-open", "stocks", "turned-back", None, (-2_500, -100), -1),
    ("panama-open", "flows", "disposition -> notice", None, (30, 2_000), 1),
    # 116 people a week for two and a half years: 130.6 weeks.
    ("weekly-charters", "flows", "awaiting-removal -> removed", None, (15_140, 15_160), 1),
    ("weekly-charters", "stocks", "awaiting-removal", None, (-16_000, -15_140), -1),
    # About 745,000 completions a year, three times, less in 2025 and 2026 as judges left.
    ("twice-the-judges", "stocks", "court", None, (-2_400_000, -1_700_000), -1),
    ("twice-the-judges", "stocks", "appeals", None, (100_000, 400_000), 1),
    ("twice-the-judges", "stocks", "awaiting-removal", None, (3_000, 20_000), 1),
]


@pytest.mark.parametrize(("what_if", "kind", "name", "until", "size", "sign"), EXPECTED)
def test_signs_and_sizes_of_what_ifs(what_if, kind, name, until, size, sign):
    low, middle, high = effect(what_if, kind, name, until)
    assert size[0] <= middle <= size[1]
    assert min(sign * low, sign * high) > 0


def test_twice_the_judges_remove_nobody_more():
    """Seats limit removals, so the queue moves from the courts to those awaiting removal."""
    assert not effect("twice-the-judges", "flows", "awaiting-removal -> removed").any()


def test_long_interviews_fill_custody():
    """Custody is fuller at the height of arrivals, in no replicate emptier; nobody arrives for it in 2023."""
    difference = sj.compare(run(), run("long-interviews"))
    custody = difference.stocks.sum("group").sel(stage="custody")
    assert (custody.sel(time=slice("2023-05", None)) >= -5).all()
    assert float(custody.sel(time="2024-01").mean()) > 100
    assert (
        not difference.flows.sum("group").sel(flow="border -> between-ports").sel(time=slice(None, "2023-06")).any()
    )


def test_every_what_if_says_what_it_assumes():
    for name in WHAT_IFS:
        whole = scenario(name)
        assert whole.name == f"china-us-{name}"
        assert whole.title != scenario().title
        assert "Assumption: " in whole.description


def test_the_question_is_answered_in_five_sentences_with_figures():
    """Every figure is counted over whole periods of the run, and moves with it."""
    question = scenario().resolve().question
    assert question.text.endswith("?") and len(question.answers) == 5
    facts = Facts(run())
    own = [answer for answer in question.answers if answer.text]
    assert len(own) == 4 and [a.general for a in question.answers if not a.text] == ["fit"]
    for answer in own:
        assert len(answer.figures) >= 4
        for name, figure in answer.figures.items():
            values = counted(facts, figure, figure.of)
            assert np.isfinite(values).all() and np.ptp(values) > 0, name
            if figure.out_of:
                assert (values < counted(facts, figure, figure.out_of)).all(), name


def test_cohorts_of_arrival_add_up_to_the_border():
    """Who came is somewhere: cohorts are those who first came to the border, and the docket is full of them."""
    found = run().cohorts(at=["border"], groups=["chinese"], replicates=3).sum("group")
    stocks = run().stocks.sel(group="chinese").isel(time=-1, replicate=slice(0, 3))
    inner = found["stage_kind"].values != "source"
    np.testing.assert_allclose(found.sum("cohort").values[:, inner], stocks.values[:, inner], rtol=1e-9, atol=1e-9)
    came = found.isel(cohort=slice(2, None)).sum(("cohort", "stage"))
    reached = run().flows.sel(group="chinese", flow="northern-mexico -> border").sum("time")[:3]
    np.testing.assert_allclose(came, reached, rtol=1e-9)  # nobody comes to the border twice in this scenario
    waiting = found.sel(cohort="2023 Q4", stage="court") / found.sel(cohort="2023 Q4").sum("stage")
    assert (waiting > 0.5).all()
