"""Fit the free quantities of china-us to the stations, months to December 2023 only.

    python -m benchmarks.fit_china_us            fit, print, and write fitted.yaml
    python -m benchmarks.fit_china_us --dry-run  fit and print

Maximum a posteriori of log counts in expected mode: residuals log(simulated + 10) - log(published + 10) with an
equal spread for every station, and the scenario's priors on the logarithms. The spread of each fitted quantity is
the Laplace approximation (inverse of J'J at the optimum). The negative-binomial sizes of stations' noise are the
method of moments on the residuals, less the variance that the draws of the quantities explain (law of total
variance). Every quantity keeps its source; only values and priors are written.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import xarray as xr
from ruamel.yaml import YAML
from scipy.optimize import least_squares

import sojourn as sj
from sojourn.observation import by_station

TARGET = Path(__file__).parents[1] / "src/sojourn/library/scenarios/china-us/fitted.yaml"
FIRST, LAST = "2022-04-01", "2023-12-01"
COLOMBIA_FROM = "2023-03-01"  # hardly counted before
LEAST = 10.0  # people a month, for the noise
OFFSET = 10.0
SPREAD = 0.35  # assumed standard deviation of a log residual, for the weight of data against priors
STATIONS = {"ecuador-net": 0.5, "colombia": 0.7, "darien": 1.0, "honduras": 0.5, "mexico": 0.5, "usbp": 1.5}
# quantity: (prior median, prior standard deviation of the logarithm)
FREE = {
    "ecuador-factor": (1.3, 0.15),
    "captured-ecuador": (0.75, 0.1),
    "south-america-onward": (0.006, 0.5),
    "mexico-onward": (0.01, 0.5),
    "mexico-onward@2023": (0.045, 0.5),
    "sea-share": (0.25, 0.25),
    "captured-colombia": (1.0, 0.12),
    "captured-honduras": (0.49, 0.12),
    "interception-share": (0.3, 0.1),
    "events-per-interception": (1.0, 0.14),
}
SHARES = {"south-america-onward", "mexico-onward", "sea-share", "interception-share"}
NOISE = {
    "noise-ecuador": ["ecuador-net", "ecuador-exits"],
    "noise-colombia": ["colombia"],
    "noise-darien": ["darien"],
    "noise-honduras": ["honduras"],
    "noise-mexico": ["mexico"],
    "noise-usbp": ["usbp"],
    "noise-sector": ["san-diego", "rio-grande-valley"],
    "noise-ports": ["ports"],
    "noise-custody": ["released", "to-ice"],
}


def changes(theta: np.ndarray) -> dict[str, dict[str, object]]:
    """Return the changes of quantities for the logarithms of the free values."""
    values = dict(zip(FREE, np.exp(theta), strict=True))
    out: dict[str, dict[str, object]] = {}
    for name, value in values.items():
        if name == "mexico-onward@2023":
            out["mexico-onward"]["steps"] = {"2023-01-01": float(value)}
        else:
            out[name] = {"value": float(value)}
    return out


def months(data: xr.Dataset, name: str) -> xr.Dataset:
    """Return the published months of a station that the fit may use."""
    first = COLOMBIA_FROM if name == "colombia" else FIRST
    data = data.sel(time=slice(first, LAST))
    return data.isel(time=np.isfinite(data["published_count"].values))


def residuals(base: sj.Scenario, theta: np.ndarray) -> np.ndarray:
    """Return weighted residuals of the stations, then of the priors."""
    run = sj.simulate(base.replace(quantities=changes(theta)), mode="expected")
    seen = by_station(run)
    parts = []
    for name, weight in STATIONS.items():
        data = months(seen[name], name)
        published = data["published_count"].clip(min=0)
        gap = np.log(data["expected_count"].isel(replicate=0) + OFFSET) - np.log(published + OFFSET)
        parts.append(np.sqrt(weight) * gap.values / SPREAD)
    centre = np.array([np.log(m) for m, _ in FREE.values()])
    sd = np.array([s for _, s in FREE.values()])
    return np.concatenate([*parts, (theta - centre) / sd])


def sizes(base: sj.Scenario) -> dict[str, float]:
    """Return negative-binomial sizes: 1/k = mean of ((y - m)^2 - m - v) / m^2, v the variance between draws."""
    seen = by_station(sj.simulate(base, replicates=200, seed=1))
    out = {}
    for noise, stations in NOISE.items():
        excess = []
        for name in stations:
            data = months(seen[name], name)
            m, v = data["expected_count"].mean("replicate"), data["expected_count"].var("replicate")
            y = data["published_count"].clip(min=0)
            excess += list(((((y - m) ** 2 - m - v) / m**2).values)[m.values >= LEAST])
        out[noise] = float(np.clip(1 / max(np.mean(excess), 1e-3), 1.0, 200.0))
    return out


def fitted(theta: np.ndarray, sd: np.ndarray) -> dict[str, dict[str, object]]:
    """Return what fitted.yaml holds: values, and priors as wide as the fit leaves them."""
    spread = dict(zip(FREE, sd, strict=True))
    quantities: dict[str, dict[str, object]] = changes(theta)
    for name, entry in quantities.items():
        value, s = float(entry["value"]), float(spread[name])
        entry["value"] = round(value, 6)
        if name in SHARES:
            entry["prior"] = {"distribution": "beta", "mean": round(value, 6), "sd": round(value * s, 6)}
        else:
            entry["prior"] = {"distribution": "lognormal", "median": round(value, 6), "sd_log": round(s, 4)}
    steps = quantities["mexico-onward"]["steps"]
    quantities["mexico-onward"]["steps"] = {k: round(v, 6) for k, v in steps.items()}
    return {"quantities": quantities}


def main() -> int:
    """Fit, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dry-run", action="store_true", help="fit and print, and write nothing")
    options = parser.parse_args()
    base = sj.load("china-us")
    start = np.array([np.log(m) for m, _ in FREE.values()])
    result = least_squares(lambda x: residuals(base, x), start, diff_step=0.02, max_nfev=12)
    sd = np.sqrt(np.diag(np.linalg.inv(result.jac.T @ result.jac)))
    for name, x, s in zip(FREE, result.x, sd, strict=True):
        print(
            f"{name:28s} {np.exp(x):9.4f}  (log sd {s:.3f}; prior median {FREE[name][0]}, log sd {FREE[name][1]})"
        )
    posterior = base.replace(**fitted(result.x, sd))
    noise = sizes(posterior)
    print({k: round(v, 1) for k, v in noise.items()})
    if not options.dry_run:
        with TARGET.open("w") as file:
            file.write("# Written by `python -m benchmarks.fit_china_us`; months to December 2023 only.\n")
            writer = YAML(typ="safe", pure=True)
            writer.default_flow_style = False
            written = fitted(result.x, sd)
            written["quantities"] |= {name: {"value": round(k, 2)} for name, k in noise.items()}
            writer.dump(written, file)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
