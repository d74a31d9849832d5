"""A store of 10,000 runs with 50 metrics each: the schema by real MLflow, the rows by SQLite itself, which is quicker.

    make-big-store.py OUT      OUT/mlflow.db
"""

import os
import random
import sqlite3
import sys
from pathlib import Path

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")

from mlflow import MlflowClient  # noqa: E402

RUNS, METRICS = 10_000, 50
path = Path(sys.argv[1]).absolute() / "mlflow.db"
experiment = int(MlflowClient(tracking_uri=f"sqlite:///{path}").create_experiment("big", artifact_location="/nowhere"))

rng = random.Random(1)
ids = [f"{rng.getrandbits(128):032x}" for _ in range(RUNS)]
start = 1_700_000_000_000
database = sqlite3.connect(path)
database.executemany(
    "INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time,"
    " source_version, lifecycle_stage, artifact_uri, experiment_id) VALUES (?, ?, 'LOCAL', '', '', 'ana', 'FINISHED', ?, ?, '', 'active', ?, ?)",
    ((run, f"run-{n}", start + n * 1000, start + n * 1000 + 900, f"/nowhere/{run}/artifacts", experiment) for n, run in enumerate(ids)))
database.executemany("INSERT INTO params (run_uuid, key, value) VALUES (?, ?, ?)",
                     ((run, f"p{k}", str(rng.random())) for run in ids for k in range(10)))
database.executemany("INSERT INTO tags (run_uuid, key, value) VALUES (?, ?, ?)",
                     ((run, key, value) for n, run in enumerate(ids)
                      for key, value in (("mlflow.runName", f"run-{n}"), ("mlflow.user", "ana"), ("mlflow.source.name", "train.py"),
                                         ("mlflow.source.type", "LOCAL"), ("team", f"t{n % 7}"))))
values = [(run, f"metric_{k}", rng.random(), start + n * 1000 + k, 0) for n, run in enumerate(ids) for k in range(METRICS)]
for table in ("metrics", "latest_metrics"):
    database.executemany(f"INSERT INTO {table} (run_uuid, key, value, timestamp, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)", values)
database.commit()
database.close()
