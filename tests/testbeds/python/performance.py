"""Writes predictions and labels into a folder and prints what scikit-learn measures on them."""
import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn import metrics as m

warnings.filterwarnings("ignore")
folder = Path(sys.argv[1])
random = np.random.default_rng(7)
N = 2000


def write(name, predictions, labels):
    order = random.permutation(len(labels["label"]))
    pd.DataFrame(predictions).to_parquet(folder / f"{name}-predictions.parquet")
    pd.DataFrame(labels).iloc[order].to_parquet(folder / f"{name}-labels.parquet")


def classes(true, predicted, average):
    kind = {"average": average, "zero_division": 0}
    if average == "binary":
        kind["pos_label"] = sorted(set(true))[-1]
    return {
        "accuracy": m.accuracy_score(true, predicted),
        "precision": m.precision_score(true, predicted, **kind),
        "recall": m.recall_score(true, predicted, **kind),
        "f1": m.f1_score(true, predicted, **kind),
    }


ids = np.arange(N)
plan = random.choice(["free", "pro", "trial"], N)
# Rounded: many ties.
probability = np.round(random.beta(2, 3, N), 2)
probability[:3] = [0.0, 1.0, 0.5]
true = (random.random(N) < probability).astype(int)
true[0] = 1
write("binary", {"id": ids, "plan": plan, "prediction": probability}, {"id": ids, "label": true})


def binary(select):
    t, p = true[select], probability[select]
    return {
        **classes(t, (p >= 0.5).astype(int), "binary"),
        "auc": m.roc_auc_score(t, p),
        "log_loss": m.log_loss(t, p, labels=[0, 1]),
        "brier": m.brier_score_loss(t, p),
    }


answers = {"binary": binary(ids >= 0)}
for one in ["free", "pro", "trial"]:
    answers[f"binary {one}"] = binary(plan == one)

kinds = np.array(["cat", "dog", "owl", "yak"])
animal = kinds[random.choice(3, N)]
guess = np.where(random.random(N) < 0.6, animal, kinds[random.choice(4, N)])
write("multiclass", {"id": ids, "prediction": guess}, {"id": ids, "label": animal})
answers["multiclass"] = classes(animal, guess, "macro")

yes = np.where(true == 1, "yes", "no")
said = np.where(probability > 0.4, "yes", "no")
write("words", {"id": ids, "prediction": said}, {"id": ids, "label": yes})
answers["words"] = classes(yes, said, "binary")

amount = random.lognormal(3, 1, N)
estimate = amount + random.normal(0, 5, N)
amount[:2] = 0.0
write("regression", {"id": ids, "prediction": estimate}, {"id": ids, "label": amount})
answers["regression"] = {
    "mae": m.mean_absolute_error(amount, estimate),
    "rmse": m.root_mean_squared_error(amount, estimate),
    "r2": m.r2_score(amount, estimate),
    "mape": m.mean_absolute_percentage_error(amount, estimate),
}
print(json.dumps(answers))
