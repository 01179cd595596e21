"""Random scenarios with every kind of stage and policy, and how the tests make and run scenarios."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from hypothesis import strategies as st

from sojourn.scenario import Scenario

GROUPS = ("a", "b", "c")
DAYS = 70
DRIFTS = (
    {"process": "random-walk", "sd": 0.2, "every": "week"},
    {"process": "mean-reverting", "sd": 0.2, "persistence": 0.5},
    {"process": "local-trend", "sd": 0.0, "sd_trend": 0.05},
)
START, END = "2024-02-01", "2024-04-10"

shares = st.floats(0.0, 0.5).map(lambda x: round(x, 3))
chances = st.sampled_from((0.0, 0.02, 0.3, 1.0))


def scenario(data: dict[str, Any]) -> Scenario:
    """Return the scenario that plain data describe."""
    return Scenario.model_validate_json(json.dumps({"sojourn": 1, "name": "system"} | data))


def small(stages: dict[str, Any], *, days: int = 30, step: float = 1.0, groups: int = 1, **more: Any) -> Scenario:
    """Return a scenario of some days from 1 January 2024, recorded by step."""
    end = str(dt.date(2024, 1, 1) + dt.timedelta(days=days - 1))
    names = {g: {"nationality": "OOO"} for g in GROUPS[:groups]}
    time = {"start": "2024-01-01", "end": end, "step_days": step}
    return scenario({"time": time, "groups": names, "stages": stages} | more)


UNITS = {"count": "person", "hazard": "1 / day", "rate": "person / day", "duration": "day", "money": "USD"}


def quantity(kind: str, value: float | None = None, **more: Any) -> dict[str, Any]:
    """Return a quantity in its written form, in the usual unit of its kind."""
    return {"kind": kind, "unit": UNITS.get(kind, "1"), **({} if value is None else {"value": value}), **more}


class _Builder:
    """Draws the parts of a scenario; every name it gives to a quantity is used."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.quantities: dict[str, Any] = {}
        self.series: dict[str, Any] = {}
        self.pooled = False
        self.before_run: set[str] = set()  # quantities that cannot depend on the state
        self.groups = GROUPS[: draw(st.integers(1, 3))]
        self.stages = [f"s{i}" for i in range(draw(st.integers(1, 5)))]

    def named(
        self, kind: str, value: float, *, shared: bool = False, in_run: bool = True, unit: str = ""
    ) -> str | float:
        """A number, or a new quantity that varies in one of the ways, is uncertain, or is constant."""
        ways = ("number", "value", "by_group", "steps", "season", "weekday", "prior", "drift", "times", "responds")
        how = self.draw(st.sampled_from(ways if in_run else ways[:-1]))
        if how == "number" or (how == "by_group" and shared):
            return value
        written = quantity(kind, value, **({"unit": unit} if unit else {}))
        if how == "by_group":
            del written["value"]
            written["by_group"] = {g: value / (i + 1) for i, g in enumerate(self.groups)}
        elif how == "steps":
            written["steps"] = {"2024-02-20": value * 0.6, "2024-03-08": value * 0.9}
        elif how == "season":
            written["season"] = [0.5, 1, 0.7, 1, 1, 1, 1, 1, 1, 1, 1, 1]
        elif how == "drift":
            written["drift"] = self.draw(st.sampled_from(DRIFTS))
        elif how == "times":
            other = f"q{len(self.quantities)}"
            own = {"unit": unit} if unit else {}
            self.quantities[other] = quantity(kind, value, steps={"2024-03-01": value * 0.8}, **own)
            written = quantity(kind, times={"quantity": other, "by": 1.0}, **own)
        elif how == "responds":
            written["responds_to"] = self.response()
        elif how == "weekday":
            written |= {"weekday": [1, 1, 1, 1, 1, 0.5, 0], "closed": ["2024-02-05"]}
        elif how == "prior" and value > 0:
            beta = kind in ("share", "probability")
            low = {"distribution": "beta", "mean": value, "sd": value * (1 - value) / 2}
            high = {"distribution": "lognormal", "median": value, "sd_log": 0.3}
            written["prior"] = low if beta and value < 1 else high if not beta else None
        name = f"q{len(self.quantities)}"
        if not in_run:
            self.before_run.add(name)
            self.before_run.add(str(written.get("times", {}).get("quantity")))
        self.quantities[name] = {k: v for k, v in written.items() if v is not None}
        return name

    def response(self) -> dict[str, Any]:
        of = self.draw(st.sampled_from(self.stages))
        form = self.draw(st.sampled_from(("power", "over-capacity")))
        elasticity = self.draw(st.sampled_from((0.3, 1.0) if form == "power" else (-0.5, 0.7)))
        days = self.draw(st.sampled_from((0, 10)))
        return {"of": [of], "capacity": 25.0, "form": form, "elasticity": elasticity, "days": days}

    def duration(self) -> dict[str, Any]:
        family = self.draw(st.sampled_from(("fixed", "exponential", "gamma", "lognormal", "weibull", "erlang")))
        mean = self.draw(st.sampled_from((0.3, 2.0, 9.0)))
        if family in ("gamma", "lognormal", "weibull"):
            if self.draw(st.booleans()):
                return {"distribution": family, "quantiles": {"0.5": mean, "0.9": mean * 2.5}}
            return {
                "distribution": family,
                "mean_days": self.named("duration", mean, in_run=False),
                "sd_days": mean / 2,
            }
        more = {"stages": 3} if family == "erlang" else {}
        return {"distribution": family, "mean_days": self.named("duration", mean, in_run=False), **more}

    def exits(self, i: int, *, again: bool) -> dict[str, Any]:
        """Exits onward, to an end, and (with ``again``) back to an earlier stage as a new attempt."""
        onward = self.stages[i + 1 :]
        to: dict[str, Any] = {}
        if onward:
            to[self.draw(st.sampled_from(onward))] = {"share": self.named("share", self.draw(shares))}
        if again and self.draw(st.booleans()):
            back = self.draw(st.sampled_from(self.stages[: i + 1]))
            to[back] = {"share": self.named("share", 0.3), "attempt": True}
        changed = self.draw(st.sampled_from((None, None, self.groups[-1], {self.groups[0]: self.groups[-1]})))
        if changed is not None and to and again:
            to[next(iter(to))]["becomes"] = changed
        return to | {"out": {"share": "rest"}}

    def stage(self, i: int) -> dict[str, Any]:
        kind = self.draw(st.sampled_from(("journey", "choice", "queue", "hold")))
        if kind == "journey":
            return {"kind": kind, "dwell": self.duration(), "exits": self.exits(i, again=True)}
        if kind == "choice":
            return self.choice(i)
        if kind == "hold":
            exits = self.exits(i, again=True)
            hazards = {to: self.named("hazard", 0.2) for to in exits}
            becomes = {to: way["becomes"] for to, way in exits.items() if "becomes" in way}
            return {"kind": kind, "hazards": hazards, "becomes": becomes} | self.room_and_initial(queue=False)
        return self.queue(i)

    def choice(self, i: int) -> dict[str, Any]:
        exits = self.exits(i, again=False)
        if self.draw(st.booleans()):
            return {"kind": "choice", "exits": exits}
        options = {
            to: {"cost_usd": self.named("money", 800.0), "legal": self.draw(chances), "constant": 0.3 * j}
            for j, to in enumerate(exits)
        }
        return {"kind": "choice", "options": options, "coefficients": {"per_1000_usd": -1.0}}

    def room_and_initial(self, *, queue: bool) -> dict[str, Any]:
        more: dict[str, Any] = {}
        if self.draw(st.booleans()) and self.draw(st.booleans()):
            self.pooled = True
            more["limit"] = {"pool": "beds", "overflow": "full"}
        elif self.draw(st.booleans()):
            room = self.named("count", self.draw(st.sampled_from((0.0, 5.5, 30.0))), shared=True)
            more["limit"] = {"room": room, "overflow": "full"}
        if self.draw(st.booleans()):
            more["initial"] = {"count": self.named("count", 37.0, in_run=False)} | (
                {"age_days": 90.0} if queue else {}
            )
        return more

    def queue(self, i: int) -> dict[str, Any]:
        servers = self.named("count", self.draw(st.sampled_from((0.0, 1.7, 6.0))), shared=True, unit="server")
        stage: dict[str, Any] = {"kind": "queue", "servers": servers, "exits": self.exits(i, again=True)}
        if self.draw(st.booleans()):
            stage["service"] = self.duration()
        else:
            stage["rate_per_day"] = self.named("rate", 1.3, shared=True, unit="person / server / day")
            stage["capacity_noise"] = self.draw(st.sampled_from(("exact", "poisson")))
        stage["discipline"] = self.draw(st.sampled_from(("fifo", "lifo", "random", "priority")))
        if stage["discipline"] == "priority":
            stage["priority"] = [list(self.groups[1:]), list(self.groups[:1])]
        if self.draw(st.booleans()):
            stage["patience"] = {"time": self.duration(), "to": self.draw(st.sampled_from(("out", "left")))}
        if self.draw(st.booleans()):
            prob = self.named("probability", self.draw(chances))
            stage["balking"] = {"above": 8.0, "prob": prob, "to": "left"}
        return stage | self.room_and_initial(queue=True)

    def inflow(self) -> dict[str, Any]:
        noise = self.draw(st.sampled_from(("exact", "poisson", "negative-binomial")))
        spread = {"noise": noise} | ({"dispersion": 2.5} if noise == "negative-binomial" else {})
        kind = self.draw(st.sampled_from(("intensity", "series", "pool", "momentum")))
        if kind == "intensity":
            return {"type": kind, "rate_per_day": self.named("rate", 4.0)} | spread
        if kind == "pool":
            return {"type": kind, "pool": 300.0, "hazard_per_day": self.named("hazard", 0.03)}
        if kind == "series":
            name = f"t{len(self.series)}"
            fill = self.draw(st.sampled_from(("zero", "hold", "linear")))
            self.series[name] = {"unit": "person", "start": "2024-02-01", "values": [150, None, 90], "fill": fill}
            if self.draw(st.booleans()):
                split = dict.fromkeys(self.groups[1:], self.named("share", 0.2, in_run=False)) | {
                    self.groups[0]: "rest"
                }
                return {"type": kind, "series": name, "split": split, "scale": 0.7} | spread
            return {"type": kind, "series": dict.fromkeys(self.groups, name), "scale": 0.7} | spread
        followers = self.draw(st.sampled_from((-0.6, 0.3)))
        feedback = {"after": "out", "followers": self.named("ratio", followers), "lag": self.duration()}
        push = {"indicator": self.named("indicator", 1.5), "coefficient": 0.2, "lag_days": 3}
        if not isinstance(push["indicator"], str):
            push["indicator"] = "index"
            self.quantities["index"] = quantity("indicator", 1.5)
        levels = {"level_per_day": 3.0, "trend_per_day": 0.01, "damping": 0.9, "sd_level": 0.05, "sd_trend": 0.01}
        return {"type": kind, "push": [push], "feedback": [feedback]} | levels | spread

    def policies(self) -> dict[str, Any]:
        out: dict[str, Any] = {}
        ways = {"set": 0.4, "scale": 1.5, "shift": 0.1, "close": True}
        for name in self.quantities:
            if not self.draw(st.booleans()):
                continue
            way = self.draw(st.sampled_from(sorted(ways)))
            end = {"end": "2024-03-20"} if self.draw(st.booleans()) else {}
            change = {"quantity": name, way: ways[way]}
            out[f"p-{name}"] = {"start": "2024-02-15", "ramp_days": 5, "changes": [change]} | end
            if name not in self.before_run and self.draw(st.booleans()):
                del out[f"p-{name}"]["ramp_days"]
                stage = self.draw(st.sampled_from(self.stages))
                out[f"p-{name}"]["when"] = {"stage": stage, "above": 40.0, "below": 15.0, "days": 3}
        return out


@st.composite
def systems(draw: st.DrawFn) -> Scenario:
    """Draw a scenario."""
    b = _Builder(draw)
    step = draw(st.sampled_from((0.5, 1.0, 1.0, 7.0)))
    stages: dict[str, Any] = {}
    for i in range(draw(st.integers(1, 2))):
        to = {draw(st.sampled_from(b.stages)): {"share": "rest"}}
        stages[f"source{i}"] = {"kind": "source", "inflow": b.inflow(), "exits": to}
    for i, name in enumerate(b.stages):
        stages[name] = b.stage(i)
    for name in ("out", "left", "full"):
        stages[name] = {"kind": "end", "outcome": "elsewhere"}
    record = draw(st.sampled_from(("step", "week", "month")))
    return scenario(
        {
            "time": {"start": START, "end": END, "step_days": step, "record": record},
            "groups": {g: {"nationality": "OOO"} for g in b.groups},
            "quantities": b.quantities,
            "series": b.series,
            "stages": stages,
            "policies": b.policies(),
            "pools": {"beds": {"room": 45.5}} if b.pooled else {},
        }
    )
