"""Kept machine code is never older than the sources, and what kernels are handed fits their types."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from sojourn.engine import kernel
from sojourn.engine.flow import steps as flow
from sojourn.engine.streams import seek


def test_any_changed_source_makes_another_digest(tmp_path):
    folder = Path(kernel.__file__).parent
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    assert kernel.sources_digest(tmp_path) == kernel.ENGINE_DIGEST
    for name in ("draws.py", "flow/queue.py"):
        shutil.copy(folder / name, tmp_path / name)
        (tmp_path / name).write_text((tmp_path / name).read_text() + "\n# another draw\n")
        assert kernel.sources_digest(tmp_path) != kernel.ENGINE_DIGEST
        shutil.copy(folder / name, tmp_path / name)


def test_the_digest_is_part_of_the_key_of_kept_code():
    for entry in (flow._steps, flow._is_balanced):
        assert kernel.ENGINE_DIGEST in [cell.cell_contents for cell in entry.py_func.__closure__]
    other, _ = flow._build("another digest")
    key = "_index_key"
    ours, theirs = (getattr(e._cache, key)(None, _Target()) for e in (flow._steps, other))
    assert ours != theirs


class _Target:
    def magic_tuple(self):
        return ("machine",)


def test_kernels_are_compiled_for_one_signature_only():
    """Constants and mixed types in calls would compile a kernel twice."""
    import sojourn as sj

    for name in sj.list_scenarios():
        sj.simulate(sj.load(name), replicates=1, seed=1)
        sj.simulate(sj.load(name), mode="expected")
    assert len(flow._steps.signatures) == 1


def test_python_cannot_call_an_inner_kernel():
    with pytest.raises(TypeError, match="not callable"):
        seek(np.zeros(12, np.uint64), 1)


def test_the_index_of_another_version_is_not_read(tmp_path, monkeypatch):
    """It may name types that this version does not have, which could not be unpickled."""
    index = flow._steps._cache._cache_file
    assert kernel.ENGINE_DIGEST in index._version
    other = type(index)(str(tmp_path), "steps", index._source_stamp)
    other._version = "another version"
    other._save_index({"key": "value"})
    ours = type(index)(str(tmp_path), "steps", index._source_stamp)
    ours._version = index._version
    monkeypatch.setattr("numba.core.caching.pickle.loads", lambda data: pytest.fail("the index was unpickled"))
    assert ours._load_index() == {}
