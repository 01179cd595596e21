"""Move saved states on to the end of the run, and print a digest of each record: ``python resume.py < jobs.json``.

A job is a scenario as JSON (or the name of a built-in one, or the path of a Flee folder) and paths of states.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np

import sojourn as sj
from sojourn import flee
from sojourn.compile.state import FlowState
from sojourn.engine.walk.model import WalkModelState
from sojourn.flee.simulation import compile_model as compile_walk
from sojourn.scenario import Scenario
from sojourn.simulate import compile_model


def model_and_state_type(written):
    """Return the compiled model of a job, and the type of its states."""
    if written.startswith("{"):
        return compile_model(Scenario.model_validate_json(written)), FlowState
    if Path(written).is_dir():
        return compile_walk(flee.read(written)), WalkModelState
    return compile_model(sj.load(written)), FlowState


def fingerprint(model, state):
    """Return a digest of everything recorded of a replicate."""
    hashed = hashlib.sha256()
    for name, array in sorted(model.record(state).items()):
        hashed.update(f"{name} {array.shape}".encode())
        hashed.update(np.ascontiguousarray(array).tobytes())
    return hashed.hexdigest()


def main():
    """Answer with the digests, job by job."""
    answers = []
    for job in json.load(sys.stdin):
        model, type_ = model_and_state_type(job["scenario"])
        states = [type_.load(path) for path in job["states"]]
        answers.append([fingerprint(model, model.advance(state, model.n_step)) for state in states])
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
