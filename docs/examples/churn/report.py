"""Writes the scores of the best model as a short Markdown page."""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scores", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    if not arguments.scores.exists():
        arguments.out.write_text("# Churn model\n\nThe pipeline ended before there were scores.\n")
        return
    rows = [f"| {name} | {value:.4f} |" for name, value in json.loads(arguments.scores.read_text()).items()]
    arguments.out.write_text("\n".join(["# Churn model", "", "| score | value |", "| --- | --- |", *rows, ""]))


if __name__ == "__main__":
    main()
