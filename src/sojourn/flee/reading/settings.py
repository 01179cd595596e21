"""Reading ``simsetting.yml``: strict on what is written, explicit about what Flee would have made of it.

Without ``compat`` an unknown key is an error and the text ``false`` means false. With ``compat="flee3"``
values become what Flee makes of them: unknown keys are left out, and any text is true. Either way, every
value that is not plainly what it should be is a counted warning that states the choice made.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sojourn.errors import nearest
from sojourn.flee.reading.sheets import Reading, shown
from sojourn.flee.settings import Key, MoveRules, Settings, SpawnRules, keys_of

__all__ = ["read_settings"]

_TRUE = {"true", "yes", "on", "y", "1"}
_FALSE = {"false", "no", "off", "n", "0", ""}
_INERT = (
    "number_of_steps",
    "log_levels.agent",
    "log_levels.link",
    "log_levels.camp",
    "log_levels.init",
    "log_levels.conflict",
    "log_levels.granularity",
    "conflict_input_file",
    "flood_level_input_file",
    "spawn_rules.average_social_connectivity",
    "move_rules.max_crossing_speed",
    "move_rules.two_system_decision_making",
    "move_rules.flood_rules.flood_link_weights",
)
_V1 = {
    "max_move_speed": 200.0,
    "start_on_foot": False,
    "avoid_short_stints": False,
    "camp_weight": 2.0,
    "conflict_weight": 0.25,
}


def read_settings(document: Any, file: str, reading: Reading) -> Settings:
    """Return the settings in a parsed YAML document; faults are recorded in ``reading``.

    Source: Flee 3, its reading of simulation settings.
    """
    found = _Found(file, reading)
    if document is None:
        document = {}
    settings: Settings = found.section(Settings, document, "")
    settings = replace(settings, spawn=found.spawn_rules(settings.spawn), move=found.move_rules(settings.move))
    found.inert()
    return settings


class _Found:
    """The keys found in one settings file, by path, and what is wrong with them."""

    def __init__(self, file: str, reading: Reading) -> None:
        self.file = file
        self.reading = reading
        self.given: dict[str, Any] = {}

    def where(self, path: str) -> str:
        return f"{self.file}: {path}" if path else self.file

    def error(self, code: str, path: str, message: str, **details: str) -> None:
        self.reading.error(code, self.where(path), message, **details)

    def warn(self, code: str, path: str, message: str, **details: str) -> None:
        # Each key is its own kind of fault: settings are few and each matters.
        self.reading.warn(code, self.where(path), self.where(path), message, **details)

    def section(self, kind: type, mapping: Any, path: str) -> Any:
        """Return a section as its dataclass; what is not given has its default."""
        if not isinstance(mapping, Mapping):
            self.error("F139", path, "not a section", found=shown(mapping), allowed="key: value lines")
            return kind()
        keys = keys_of(kind)
        values: dict[str, Any] = {}
        for name, value in mapping.items():
            inner = f"{path}.{name}" if path else str(name)
            target = self.spelling(kind, name)
            if target in keys:
                self.given[inner if target == name else f"{path}.{target}"] = value
                values[keys[target].attribute] = self.value(keys[target], value, inner)
            elif target:
                self.unknown(keys, name, inner)
        return kind(**values)

    def spelling(self, kind: type, name: object) -> str:
        """Return the key a name stands for; empty if it is known but stands for nothing."""
        if kind is SpawnRules and name == "camps_are_sicks":
            said = "Flee reads camps_are_sinks under this spelling only; it was read as camps_are_sinks"
            self.warn("F227", "spawn_rules.camps_are_sicks", said)
            return "camps_are_sinks"
        if kind is SpawnRules and name == "camps_are_sinks" and self.reading.literal:
            said = "left out, as Flee does (it reads camps_are_sicks)"
            self.warn("F227", "spawn_rules.camps_are_sinks", said)
            return ""
        return str(name)

    def unknown(self, keys: Mapping[str, Key], name: object, path: str) -> None:
        near = nearest(str(name), keys)
        homes = [
            section.name
            for section in keys_of(Settings).values()
            if section.section is not None and name in keys_of(section.section)
        ]
        remedy = f"move it to {homes[0]}" if homes else ""
        if self.reading.literal:
            said = "not known; left out, as Flee does"
            self.warn("F138", path, said, found=shown(name), nearest=near, remedy=remedy)
        else:
            self.error(
                "F138",
                path,
                "not a settings key",
                found=shown(name),
                nearest=near,
                remedy=remedy,
            )

    def value(self, key: Key, value: Any, path: str) -> Any:
        """Return one value as its key wants it."""
        if key.section is not None:
            if value is None:
                return None if key.optional else key.section()
            return self.section(key.section, value, path)
        if value is None and key.optional:
            return None
        if key.kind == "switch":
            return self.switch(key, value, path)
        if key.kind in ("number", "integer"):
            return self.number(key, value, path)
        if key.kind in ("numbers", "integers"):
            return self.listed(key, value, path)
        return self.text(key, value, path)

    def switch(self, key: Key, value: Any, path: str) -> bool:
        if isinstance(value, bool):
            return value
        word = str(value).strip().lower()
        if self.reading.literal:
            self.typed(path, value, bool(value), "as Flee does: anything written but 0 is true")
            return bool(value)
        if isinstance(value, str | int | float) and word in _TRUE | _FALSE:
            self.typed(path, value, word in _TRUE, "by its meaning; Flee takes any text as true")
            return word in _TRUE
        self.error("F139", path, "not a switch", found=shown(value), allowed="True or False")
        return bool(key.default)

    def typed(self, path: str, value: Any, taken: Any, why: str) -> None:
        self.warn("F226", path, f"taken as {taken}, {why}", found=shown(value))

    def number(self, key: Key, value: Any, path: str) -> Any:
        """Return a number or whole number within the bounds of its key."""
        taken = self.plain_number(value, path)
        if taken is None:
            return key.default
        if not self.in_range(key, taken, path):
            return key.default
        if key.kind == "number":
            return float(taken)
        if taken != int(taken):
            if not self.reading.literal:
                self.error("F139", path, "not a whole number", found=shown(value))
                return key.default
            self.typed(path, value, int(taken), "cut to a whole number, as Flee does")
        elif isinstance(value, float):
            self.typed(path, value, int(taken), "a whole number")
        return int(taken)

    def plain_number(self, value: Any, path: str) -> float | int | None:
        taken: float | int = math.nan
        if isinstance(value, int | float) and (self.reading.literal or not isinstance(value, bool)):
            taken = value
        elif isinstance(value, str):
            try:
                taken = float(value)
            except ValueError:
                taken = math.nan
        if not math.isfinite(taken):
            self.error("F139", path, "not a number", found=shown(value), allowed="a finite number")
            return None
        if isinstance(value, bool | str):
            self.typed(path, value, taken, "a number")
        return taken

    def in_range(self, key: Key, value: float, path: str) -> bool:
        low, high, above = key.low, key.high, key.above
        if (
            (low is None or value >= low)
            and (high is None or value <= high)
            and (above is None or value > above)
            and abs(value) <= 1e12
        ):
            return True
        allowed = f"above {above:g}" if above is not None else "" if low is None else f"{low:g} or more"
        if low is not None and high is not None:
            allowed = f"{low:g} to {high:g}"
        self.error("F140", path, "out of range", found=shown(value), allowed=allowed)
        return False

    def listed(self, key: Key, value: Any, path: str) -> Any:
        if not isinstance(value, list):
            self.error("F139", path, "not a list", found=shown(value), allowed="[number, number, ...]")
            return key.default
        if not value and key.optional:
            self.warn("F231", path, "an empty list was taken as none")
            return None
        member = replace(key, kind=key.kind.removesuffix("s"), default=0, optional=False)
        return tuple(self.number(member, one, f"{path}[{i}]") for i, one in enumerate(value[:1000]))

    def text(self, key: Key, value: Any, path: str) -> str:
        if isinstance(value, str) and (not key.choices or value in key.choices):
            return value
        near = nearest(str(value)[:80], key.choices)
        self.error(
            "F139",
            path,
            "not one of the choices" if key.choices else "not a text",
            found=shown(value),
            allowed=", ".join(key.choices),
            nearest=near,
        )
        return str(key.default)

    def spawn_rules(self, spawn: SpawnRules) -> SpawnRules:
        """Check keys of ``spawn_rules`` against each other."""
        flood, conflict = spawn.flood_driven_spawn_mode, spawn.conflict_driven_spawning
        floods = spawn.flood_zone_spawning_only
        if floods and spawn.conflict_zone_spawning_only:
            self.error(
                "F141",
                "spawn_rules",
                "conflict_zone_spawning_only (on by default) and flood_zone_spawning_only exclude each other",
                remedy="set conflict_zone_spawning_only: False",
            )
        if floods and flood is None:
            said = "changes nothing, in Flee or here, without flood_driven_spawn_mode"
            self.warn("F228", "spawn_rules.flood_zone_spawning_only", said)
        if flood is not None and not floods:
            said = "left out, as Flee does: flood_zone_spawning_only is off"
            self.warn("F228", "spawn_rules.flood_driven_spawn_mode", said)
            flood = None
        elif flood is not None and not spawn.take_from_population:
            self.error(
                "F141",
                "spawn_rules.flood_driven_spawn_mode",
                "floods drive people out only with take_from_population: True",
            )
        if conflict is not None and floods:
            said = "left out, as Flee does: flood_zone_spawning_only is on"
            self.warn("F228", "spawn_rules.conflict_driven_spawning", said)
            conflict = None
        return replace(spawn, flood_driven_spawn_mode=flood, conflict_driven_spawning=conflict)

    def move_rules(self, move: MoveRules) -> MoveRules:
        """Apply ``use_v1_rules``, and say what awareness 0 means."""
        if move.awareness_level == 0:
            choice = "nobody moves, as in Flee" if self.reading.literal else "the next place is picked evenly"
            said = f"people who see no road: {choice}"
            self.warn("F229", "move_rules.awareness_level", said, found="0")
        if not move.use_v1_rules:
            return move
        for name, forced in _V1.items():
            path = f"move_rules.{name}"
            if path in self.given and getattr(move, name) != forced:
                self.warn("F230", path, f"replaced by {forced}: use_v1_rules is on")
        return replace(move, **_V1)  # type: ignore[arg-type]

    def inert(self) -> None:
        """Warn of every key that was given another value than its default and changes nothing."""
        for path in _INERT:
            value = self.given.get(path)
            if value is not None and value != _default(path):
                logs = path.startswith("log_levels")
                said = "Flee's logs are not written" if logs else "changes nothing, in Flee or here"
                self.warn("F228", path, said)


def _default(path: str) -> Any:
    section: Any = Settings
    *outer, name = path.split(".")
    for one in outer:
        section = keys_of(section)[one].section
    return keys_of(section)[name].default
