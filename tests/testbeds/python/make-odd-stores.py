"""Writes into a SQLite store and a file store, with real MLflow, what the two keep differently.

    make-odd-stores.py OUT      OUT/sqlite/mlflow.db, OUT/file/mlruns, OUT/runs.json with the run's id in each
"""

import json
import math
import os
import sys
from pathlib import Path

os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

from mlflow import MlflowClient  # noqa: E402
from mlflow.entities import Metric  # noqa: E402

TIME = 1_700_000_000_000


def make(uri):
    client = MlflowClient(tracking_uri=uri)
    run = client.create_run(client.create_experiment("odd"), run_name="odd", tags={"owner": "ÅSA"}).info.run_id
    metrics = [
        Metric("infinite", math.inf, TIME, 0),
        Metric("infinite", -math.inf, TIME, 1),
        Metric("twice", 0.5, TIME, 0),
        Metric("twice", 0.5, TIME, 0),
        Metric("with dataset", 0.25, TIME, 7, dataset_name="iris", dataset_digest="abc"),
    ]
    client.log_batch(run, metrics=metrics)
    # One after another: in one batch a store may put them in another order.
    for value in (-1.0, math.nan):
        client.log_metric(run, "nan after", value, TIME, 0)
    return run


out = Path(sys.argv[1]).absolute()
runs = {}
for name, uri in (("sqlite", f"sqlite:///{out}/sqlite/mlflow.db"), ("file", (out / "file" / "mlruns").as_uri())):
    (out / name).mkdir(parents=True)
    os.chdir(out / name)
    runs[name] = make(uri)
(out / "runs.json").write_text(json.dumps(runs), encoding="utf-8")
