"""Pairs of Parquet tables, and how well scikit-learn tells them apart, as JSON on standard output.

    drift-domains.py OUT      OUT/<pair>-{reference,current}.parquet
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import cross_val_score

warnings.simplefilter("ignore")
out = Path(sys.argv[1])
rng = np.random.default_rng(5)
ROWS = 4000


def table(rho=0.6, shift=0.0, plans=(0.4, 0.3, 0.2, 0.1), holes=0.0):
    x = rng.normal(size=ROWS)
    y = rho * x + np.sqrt(1 - rho * rho) * rng.normal(size=ROWS)
    return pd.DataFrame({
        "x": np.where(rng.random(ROWS) < holes, np.nan, x),
        "y": y + shift,
        "n": rng.integers(0, 500, ROWS),
        "plan": rng.choice(["free", "pro", "trial", "team"], ROWS, p=plans),
        "flag": rng.random(ROWS) < 0.5,
    })


def auc(reference, current):
    both = pd.concat([reference, current])
    both["plan"] = both["plan"].astype("category")
    both["flag"] = both["flag"].astype(int)
    labels = np.repeat([0, 1], [len(reference), len(current)])
    model = HistGradientBoostingClassifier(max_depth=3, max_iter=60, learning_rate=0.15, categorical_features="from_dtype", random_state=0)
    order = rng.permutation(len(labels))
    return float(cross_val_score(model, both.iloc[order], labels[order], cv=2, scoring="roc_auc").mean())


pairs = {
    "same": (table(), table()),
    "flipped": (table(), table(rho=-0.6)),
    "shifted": (table(), table(shift=0.5)),
    "mixed": (table(), table(shift=0.2, plans=(0.2, 0.3, 0.2, 0.3), holes=0.1)),
}
answers = {}
for name, (reference, current) in pairs.items():
    reference.to_parquet(out / f"{name}-reference.parquet")
    current.to_parquet(out / f"{name}-current.parquet")
    answers[name] = auc(reference, current)
print(json.dumps(answers))
