"""Compares two Parquet tables with Evidently's preset and prints which columns drifted, as JSON.

    drift-evidently.py FOLDER [METHOD]
"""

import json
import sys
import warnings
from pathlib import Path

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset

warnings.simplefilter("ignore")
folder = Path(sys.argv[1])
preset = DataDriftPreset(method=sys.argv[2]) if len(sys.argv) > 2 else DataDriftPreset()
frames = [pd.read_parquet(folder / f"{side}.parquet") for side in ("current", "reference")]
metrics = Report([preset]).run(*frames).dict()["metrics"]
drifts = [metric for metric in metrics if metric["config"]["type"].endswith("ValueDrift")]
print(json.dumps({drift["config"]["column"]: bool(drift["value"] >= drift["config"]["threshold"]) for drift in drifts}))
