"""Trains gradient boosting on the prepared table and logs every stage to MLflow."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
from mlflow.entities import Metric
from mlflow.tracking import MlflowClient
from mlflow.utils.time import get_current_time_millis
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import accuracy_score, f1_score, log_loss, roc_auc_score

from prepare import LABEL


def log_curves(run_id: str, curves: dict[str, list[float]]) -> None:
    """Logs each list as one metric, its index as the step."""
    now = get_current_time_millis()
    points = [Metric(key, float(value), now + step * 40, step) for key, values in curves.items() for step, value in enumerate(values)]
    client = MlflowClient()
    for start in range(0, len(points), 1000):
        client.log_batch(run_id, metrics=points[start : start + 1000])


def scores(truth: pd.Series, probability: np.ndarray) -> dict[str, float]:
    predicted = probability >= 0.5
    return {
        "accuracy": accuracy_score(truth, predicted),
        "auc": roc_auc_score(truth, probability),
        "f1": f1_score(truth, predicted),
    }


def main(data: str, depth: int = 3, lr: float = 0.1, stages: int = 120, seed: int = 42, out: str | None = None) -> dict[str, float]:
    """Trains on DATA/train.csv, validates on DATA/validation.csv, returns the validation scores."""
    train = pd.read_csv(Path(data) / "train.csv")
    validation = pd.read_csv(Path(data) / "validation.csv")
    model = GradientBoostingClassifier(max_depth=depth, learning_rate=lr, n_estimators=stages, subsample=0.8, random_state=seed)
    model.fit(train.drop(columns=LABEL), train[LABEL])

    features, truth = validation.drop(columns=LABEL), validation[LABEL]
    staged = [stage[:, 1] for stage in model.staged_predict_proba(features)]
    result = scores(truth, staged[-1])

    run = mlflow.active_run()
    if run is not None:
        mlflow.log_params({"model": "gradient_boosting", "depth": depth, "learning_rate": lr, "stages": stages, "seed": seed})
        log_curves(
            run.info.run_id,
            {
                "train/loss": list(model.train_score_),
                "validation/loss": [log_loss(truth, probability, labels=[False, True]) for probability in staged],
                "validation/auc": [roc_auc_score(truth, probability) for probability in staged],
            },
        )
        mlflow.log_metrics(result)
    if out is not None:
        Path(out).mkdir(parents=True, exist_ok=True)
        (Path(out) / "model.pkl").write_bytes(pickle.dumps(model))
        (Path(out) / "scores.json").write_text(json.dumps(result, indent=2))
    return result
