"""MLflow's own client asks what the benchmark asks of us: search.py URI FILTER ORDER EXPERIMENT TIMES -> milliseconds a call."""

import sys
import time

from mlflow import MlflowClient

uri, condition, order, experiment, times = sys.argv[1:]
client = MlflowClient(tracking_uri=uri)
for _ in range(int(times)):
    started = time.perf_counter()
    runs = client.search_runs([experiment], condition, max_results=100, order_by=[order])
    print((time.perf_counter() - started) * 1000)
    assert len(runs) == 100
