"""Pairs of tables in several formats, and what Evidently's tests say of their columns.

    drift-files.py OUT      OUT/<pair>/{reference,current}.{parquet,csv,json}, OUT/expected.json
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from evidently.legacy.calculations.stattests.registry import get_stattest
from evidently.legacy.core import ColumnType

warnings.simplefilter("ignore")
out = Path(sys.argv[1])
NUMBERS = ["ks", "psi", "jensenshannon", "wasserstein", "kl_div", "hellinger", "anderson", "cramer_von_mises", "mannw", "t_test", "ed"]
CATEGORIES = ["psi", "jensenshannon", "kl_div", "hellinger", "chisquare", "z"]


def table(rng, rows, now):
    shift = 0.4 if now else 0.0
    holes = rng.random(rows) < (0.07 if now else 0.05)
    infinite = np.where(rng.random(rows) < 0.02, rng.choice([np.inf, -np.inf, np.nan], rows), rng.normal(0, 1, rows))
    return pd.DataFrame({
        "normal": rng.normal(shift, 1, rows),
        "calm": rng.normal(0, 1, rows),
        "whole": rng.integers(0, 400, rows),
        "whole narrow": rng.integers(0, 24, rows),
        "whole few": rng.integers(0, 3 + now, rows),
        "halves": rng.integers(0, 40, rows) / 2,
        "twenty": rng.integers(0, 20 + 30 * now, rows) / 4,
        "holes": np.where(holes, np.nan, rng.normal(5, 2, rows)),
        "whole holes": np.where(holes, np.nan, rng.integers(0, 200, rows)),
        "infinite": infinite,
        "constant": np.full(rows, 2.5),
        "far": 1e9 + rng.normal(shift, 1, rows),
        'odd "name\'; --': rng.exponential(1 + shift, rows),
        "flag": rng.random(rows) < 0.5 + shift / 2,
        "plan": rng.choice(["free", "pro", "ünïcode ✓", "it's"], rows, p=[0.4, 0.3, 0.2, 0.1]),
        "fresh": rng.choice(["a", "b", "c", "d"][: 3 + now], rows),
        "two": rng.choice(["no", "yes"], rows, p=[0.5 - shift / 4, 0.5 + shift / 4]),
        "gaps": np.where(holes, None, rng.choice(list("xyz"), rows)),
    })


def expected(reference, current):
    answer = {}
    for name in reference.columns:
        numeric = reference[name].dtype.kind in "fi"
        kind = ColumnType.Numerical if numeric else ColumnType.Categorical
        clean = [frame[name].replace([-np.inf, np.inf], np.nan).dropna() for frame in (reference, current)]
        chosen = get_stattest(*clean, kind, None)
        methods = {}
        for method in [chosen.name, *(NUMBERS if numeric else CATEGORIES)]:
            if name == "constant" and method in ("anderson", "t_test") or len(clean[0]) < 20 and method == "cramer_von_mises":
                continue
            test = get_stattest(*clean, kind, method) if method != chosen.name else chosen
            result = test(*[each.copy() for each in clean], kind, None)
            methods[method] = {"score": float(result.drift_score), "drifted": bool(result.drifted), "threshold": result.actual_threshold}
        answer[name] = {"chosen": chosen.name, "methods": methods}
    return answer


rng = np.random.default_rng(11)
answers = {}
for pair, sizes in {"small": (800, 600), "large": (3000, 2500)}.items():
    folder = out / pair
    folder.mkdir(parents=True)
    frames = {side: table(rng, rows, side == "current") for side, rows in zip(("reference", "current"), sizes)}
    for side, frame in frames.items():
        frame.to_csv(folder / f"{side}.csv", index=False)
        frame.to_json(folder / f"{side}.json", orient="records", lines=True, double_precision=15)
    # Text has no numbers of 32 bits.
    for side, frame in frames.items():
        frame["single"] = (100 + rng.normal(0.2 * (side == "current"), 1, len(frame))).astype("float32")
        frame.to_parquet(folder / f"{side}.parquet")
    answers[pair] = expected(frames["reference"], frames["current"])
(out / "expected.json").write_text(json.dumps(answers))
