"""Adds an experiment with many small runs to a store.

    make-many-runs.py URI EXPERIMENT COUNT
"""

import os
import sys

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

from mlflow import MlflowClient  # noqa: E402
from mlflow.entities import Metric, Param  # noqa: E402

TIME = 1_700_000_000_000

uri, name, count = sys.argv[1:]
client = MlflowClient(tracking_uri=uri)
experiment = client.create_experiment(name)
for number in range(int(count)):
    run = client.create_run(experiment, run_name=f"run-{number:03}", start_time=TIME + number * 1000).info.run_id
    metrics = [Metric("score", number / 100, TIME, 0)]
    client.log_batch(run, metrics=metrics, params=[Param("number", str(number))])
    client.set_terminated(run, end_time=TIME + number * 1000 + 500)
