"""Splits the data into a training and a validation table.

scikit-learn ships no churn data. Its breast cancer table (569 rows, 30 numeric columns, a binary label) stands in:
nothing has to be downloaded, and the shape of the task is the same.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

LABEL = "churned"


def load() -> pd.DataFrame:
    """The whole table: one row a customer, 30 float columns in snake case, the label as a boolean."""
    table = load_breast_cancer(as_frame=True).frame
    table = table.rename(columns=lambda name: name.replace(" ", "_")).rename(columns={"target": LABEL})
    table[LABEL] = table[LABEL] == 0
    return table


def split(table: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    train, validation = train_test_split(table, test_size=0.25, random_state=seed, stratify=table[LABEL])
    return train, validation


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for train.csv and validation.csv")
    parser.add_argument("--seed", type=int, default=42)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    train, validation = split(load(), arguments.seed)
    train.to_csv(arguments.out / "train.csv", index=False)
    validation.to_csv(arguments.out / "validation.csv", index=False)
    print(f"{len(train)} rows to train on, {len(validation)} to validate with")


if __name__ == "__main__":
    main()
