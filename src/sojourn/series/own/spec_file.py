"""The description of an own series in a YAML file, such as ``landings.csv.yaml`` beside ``landings.csv``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from sojourn.series.codes import refuse

__all__ = ["beside", "read_spec"]


def beside(path: Path) -> Path | None:
    """Return the description that stands beside a table, or None."""
    spec = path.with_name(f"{path.name}.yaml")
    return spec if spec.is_file() else None


def read_spec(path: Path) -> dict[str, Any]:
    """Return what a YAML file says of an own series; ``as`` is its name.

    Raises
    ------
    DataError
        D101 for no such file, D701 where it is not a YAML file of keys and values.
    """
    if not path.is_file():
        raise refuse("D101", path.name, "no such file, or not a plain file")
    try:
        said = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8-sig"))
    except (YAMLError, UnicodeError) as err:
        raise refuse("D701", path.name, f"not YAML: {' '.join(str(err).split())[:120]}") from err
    if not isinstance(said, dict) or not all(isinstance(key, str) for key in said):
        raise refuse("D701", path.name, "not keys and values", allowed="unit: person, one a line")
    return said
