"""Chooses the best of several trained models by one score and copies it."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", type=Path, nargs="+", help="folders with model.pkl and scores.json")
    parser.add_argument("--metric", default="auc")
    parser.add_argument("--best", type=Path, required=True, help="folder for the best model")
    parser.add_argument("--scores", type=Path, required=True, help="file for its scores, as JSON")
    arguments = parser.parse_args()
    best = max(arguments.models, key=lambda folder: json.loads((folder / "scores.json").read_text())[arguments.metric])
    shutil.copytree(best, arguments.best, dirs_exist_ok=True)
    arguments.scores.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(best / "scores.json", arguments.scores)
    print(f"{best.name} has the best {arguments.metric}")


if __name__ == "__main__":
    main()
