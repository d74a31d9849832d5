"""Makes `mlflow.db` and `artifacts/` anew by training for real. Needs requirements.txt; takes about a minute.

    python make_store.py

Artifact locations are made relative to this folder afterwards, so that the store can be moved and shared.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import mlflow
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import ConfusionMatrixDisplay, log_loss, roc_auc_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import prepare
import train

HERE = Path(__file__).resolve().parent
STORE = HERE / "mlflow.db"
ARTIFACTS = HERE / "artifacts"
SEED = 42


def log_tables(training: pd.DataFrame, validation: pd.DataFrame) -> None:
    mlflow.log_input(mlflow.data.from_pandas(training, name="customers", targets=prepare.LABEL), context="training")
    mlflow.log_input(mlflow.data.from_pandas(validation, name="customers-validation", targets=prepare.LABEL), context="validation")


def log_report(truth: pd.Series, probability: np.ndarray) -> None:
    """A picture, a table and a text: one of each kind that the run's page previews."""
    figure, axes = plt.subplots(figsize=(4, 3.4), dpi=80)
    ConfusionMatrixDisplay.from_predictions(truth, probability >= 0.5, ax=axes, colorbar=False)
    figure.tight_layout()
    mlflow.log_figure(figure, "plots/confusion-matrix.png")
    plt.close(figure)
    table = pd.DataFrame({"truth": truth.to_numpy(), "probability": probability.round(4)}).head(40)
    mlflow.log_text(table.to_csv(index=False), "predictions.csv")
    mlflow.log_dict({"threshold": 0.5, "positives": int(truth.sum()), "rows": len(truth)}, "evaluation.json")


def baseline(training: pd.DataFrame, validation: pd.DataFrame) -> None:
    with mlflow.start_run(run_name="logistic baseline", tags={"team": "growth", "mlflow.note.content": "The bar to beat."}):
        log_tables(training, validation)
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.5, max_iter=500))
        model.fit(training.drop(columns=prepare.LABEL), training[prepare.LABEL])
        probability = model.predict_proba(validation.drop(columns=prepare.LABEL))[:, 1]
        mlflow.log_params({"model": "logistic_regression", "C": 0.5, "seed": SEED})
        mlflow.log_metrics(train.scores(validation[prepare.LABEL], probability))
        log_report(validation[prepare.LABEL], probability)


def boosting(data: Path, training: pd.DataFrame, validation: pd.DataFrame) -> None:
    with mlflow.start_run(run_name="boosting sweep", tags={"team": "growth", "sweep": "depth × learning rate"}):
        best = 0.0
        for depth in (2, 3, 5):
            for lr in (0.03, 0.1, 0.3):
                with mlflow.start_run(run_name=f"depth {depth}, lr {lr}", nested=True, tags={"team": "growth"}):
                    log_tables(training, validation)
                    best = max(best, train.main(str(data), depth=depth, lr=lr, seed=SEED)["auc"])
        mlflow.log_metric("auc", best)


def network(training: pd.DataFrame, validation: pd.DataFrame, hidden: tuple[int, ...], lr: float, name: str) -> None:
    scale = StandardScaler().fit(training.drop(columns=prepare.LABEL))
    features, truth = scale.transform(training.drop(columns=prepare.LABEL)), training[prepare.LABEL]
    held_out, held_truth = scale.transform(validation.drop(columns=prepare.LABEL)), validation[prepare.LABEL]
    with mlflow.start_run(run_name=name, tags={"team": "research"}) as run:
        log_tables(training, validation)
        mlflow.log_params({"model": "mlp", "hidden": str(hidden), "learning_rate": lr, "epochs": 80, "seed": SEED})
        model = MLPClassifier(hidden, learning_rate_init=lr, random_state=SEED, batch_size=64)
        curves: dict[str, list[float]] = {"train/loss": [], "validation/loss": [], "validation/auc": []}
        for _ in range(80):
            model.partial_fit(features, truth, classes=[False, True])
            probability = model.predict_proba(held_out)[:, 1]
            curves["train/loss"].append(model.loss_)
            curves["validation/loss"].append(log_loss(held_truth, probability))
            curves["validation/auc"].append(roc_auc_score(held_truth, probability))
        train.log_curves(run.info.run_id, curves)
        mlflow.log_metrics(train.scores(held_truth, probability))
        log_report(held_truth, probability)


def failing(data: Path) -> None:
    """A run that fails as runs do: scikit-learn refuses a depth of zero."""
    try:
        with mlflow.start_run(run_name="depth 0", tags={"team": "growth"}):
            mlflow.log_params({"model": "gradient_boosting", "depth": 0})
            train.main(str(data), depth=0)
    except ValueError as error:
        print(f"failed as meant: {str(error).splitlines()[0]}")


def make_relative() -> None:
    """Artifact locations from absolute to relative, and the user's name out."""
    with sqlite3.connect(STORE) as store:
        for table, column in (("experiments", "artifact_location"), ("runs", "artifact_uri"), ("logged_models", "artifact_location")):
            store.execute(f"UPDATE {table} SET {column} = replace(replace({column}, ?, ''), ?, '')", (f"file://{HERE}/", f"{HERE}/"))
        store.execute("UPDATE runs SET user_id = 'ana', source_name = 'make_store.py'")
        store.execute("UPDATE tags SET value = 'ana' WHERE key = 'mlflow.user'")
        store.execute("UPDATE tags SET value = 'make_store.py' WHERE key = 'mlflow.source.name'")
        store.execute("DELETE FROM tags WHERE key LIKE 'mlflow.source.git.%'")
        source = json.dumps({"tags": {"mlflow.user": "ana", "mlflow.source.name": "make_store.py", "mlflow.source.type": "LOCAL"}})
        store.execute("UPDATE datasets SET dataset_source = ?", (source,))
    store = sqlite3.connect(STORE)
    store.execute("VACUUM")
    store.close()


def main() -> None:
    STORE.unlink(missing_ok=True)
    shutil.rmtree(ARTIFACTS, ignore_errors=True)
    mlflow.set_tracking_uri(f"sqlite:///{STORE}")
    training, validation = prepare.split(prepare.load(), SEED)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        training.to_csv(data / "train.csv", index=False)
        validation.to_csv(data / "validation.csv", index=False)
        mlflow.create_experiment("churn", artifact_location=str(ARTIFACTS / "churn"))
        mlflow.set_experiment("churn")
        baseline(training, validation)
        boosting(data, training, validation)
        failing(data)
        mlflow.create_experiment("churn-networks", artifact_location=str(ARTIFACTS / "churn-networks"))
        mlflow.set_experiment("churn-networks")
        network(training, validation, (16,), 0.001, "16 units")
        network(training, validation, (64, 32), 0.001, "64 and 32 units")
        network(training, validation, (64, 32), 0.01, "64 and 32 units, fast")
    make_relative()


if __name__ == "__main__":
    main()
