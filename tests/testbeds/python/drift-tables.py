"""Two Parquet tables of 15 numeric and 5 categorical columns, a third of which moved.

    drift-tables.py OUT ROWS      OUT/reference.parquet, OUT/current.parquet
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

out, rows = Path(sys.argv[1]), int(sys.argv[2])
rng = np.random.default_rng(1)


def table(now):
    columns = {f"n{i}": rng.normal(i + now * (i % 3 == 0) * 0.3, 1 + i / 10, rows) for i in range(15)}
    for i in range(5):
        weights = np.arange(5 + i * 3, 0, -1).astype(float)
        if now and i < 2:
            weights[0] *= 2
        columns[f"c{i}"] = rng.choice([f"value {k}" for k in range(len(weights))], rows, p=weights / weights.sum())
    return pd.DataFrame(columns)


table(0).to_parquet(out / "reference.parquet")
table(1).to_parquet(out / "current.parquet")
