"""A training that goes on for as long as a test wants it to.

    live-run.py URI EXPERIMENT NAME

Prints the run's id, then reads commands, a line each: `KEY VALUE STEP` logs a metric, `end STATUS` ends the run. Each is
answered by a line once it is written.
"""

import os
import sys

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

from mlflow import MlflowClient  # noqa: E402

uri, experiment, name = sys.argv[1:]
client = MlflowClient(tracking_uri=uri)
known = client.get_experiment_by_name(experiment)
experiment_id = known.experiment_id if known else client.create_experiment(experiment)
run_id = client.create_run(experiment_id, run_name=name).info.run_id
print(run_id, flush=True)
for line in sys.stdin:
    first, *rest = line.split()
    if first == "end":
        client.set_terminated(run_id, rest[0])
    else:
        client.log_metric(run_id, first, float(rest[0]), step=int(rest[1]))
    print(line.strip(), flush=True)
