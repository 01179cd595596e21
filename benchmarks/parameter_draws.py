"""Parameter draws of ``china-us`` in expected mode on one core: to record, to likelihood, and by ``simulate``.

    python -m benchmarks.parameter_draws [--draws 1000]

Limits: at most 60 ms a draw by each way, and 5 ms for the likelihood. Exit status 1 if one is missed.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

import sojourn as sj
from sojourn.observation.likelihood import Likelihood
from sojourn.simulate import compile_model

LIMIT_MS = 60.0
LIKELIHOOD_LIMIT_MS = 5.0


def main(argv: list[str] | None = None) -> int:
    """Print milliseconds a draw; return 1 if the limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    count = parser.parse_args(argv).draws
    base = sj.load("china-us")
    model = compile_model(base)
    likelihood = Likelihood(model)
    draws = model.prior_draws(7, range(count))
    model.advance(model.init(seed=7, expected=True), model.n_step)  # compiled before the clock starts

    started = time.process_time()
    states = (model.init(seed=7, draw=model.draw(draws, i), expected=True) for i in range(count))
    records = [model.record(model.advance(state, model.n_step)) for state in states]
    model_ms = 1e3 * (time.process_time() - started) / count

    started = time.process_time()
    for i, record in enumerate(records):
        likelihood.log_likelihood(record, model.draw(draws, i))
    likelihood_ms = 1e3 * (time.process_time() - started) / count

    table = dict(zip(draws.columns, draws.values.T, strict=True))
    started = time.process_time()
    run = sj.simulate(base, parameters=table, mode="expected", seed=7, workers=1)
    simulate_ms = 1e3 * (time.process_time() - started) / count
    same = all(np.array_equal(run.flows.values[i], record["flows"]) for i, record in enumerate(records))

    print(f"china-us, {count:,} draws in expected mode, CPU ms a draw on one core")
    print(f"  model, from draw to record           {model_ms:6.1f}")
    print(f"  log likelihood of what was published {likelihood_ms:6.1f}   limit {LIKELIHOOD_LIMIT_MS:g}")
    print(f"  simulate, compiling included         {simulate_ms:6.1f}   limit {LIMIT_MS:g}")
    print(f"  the same numbers by both ways: {'yes' if same else 'NO'}")
    held = max(model_ms, simulate_ms) <= LIMIT_MS and likelihood_ms <= LIKELIHOOD_LIMIT_MS
    return 0 if same and held else 1


if __name__ == "__main__":
    raise SystemExit(main())
