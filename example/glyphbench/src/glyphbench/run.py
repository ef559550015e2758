"""The task: runs an experiment of the registries and writes its results.

    python -m glyphbench.run --registries registries --experiment receipts --output results

Three stages, each of which can run alone in its own environment, handing on files below
`<output>/<experiment>/`:

- `inference`: images -> `answers.csv`
- `evaluation`: `answers.csv` -> `metrics.csv`
- `report`: both -> `report.md`

The same registries and data give the same bytes.
"""

import argparse
import csv
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar

from glyphbench.registries import Registries, load_object
from glyphbench.report import Answer, Score

Row = TypeVar("Row")
STAGES = ("inference", "evaluation", "report")


def main() -> None:
    """Reads the command line and runs the stages asked for."""
    parser = argparse.ArgumentParser(prog="python -m glyphbench.run")
    parser.add_argument("--registries", type=Path, default=Path("registries"))
    parser.add_argument("--experiment", required=True, help="the id of an experiment")
    parser.add_argument("--output", type=Path, default=Path("results"))
    parser.add_argument("--stage", choices=STAGES, help="only this one")
    arguments = parser.parse_args()

    registries = Registries.open(arguments.registries)
    experiment = registries.entry("experiments", arguments.experiment)
    runs = [(id, registries.entry("runs", id)) for id in experiment["tasks"]]
    output = arguments.output / arguments.experiment
    output.mkdir(parents=True, exist_ok=True)
    for stage in [arguments.stage] if arguments.stage else STAGES:
        {"inference": infer, "evaluation": evaluate, "report": report}[stage](
            registries, runs, output
        )


def infer(registries: Registries, runs: list[tuple[str, dict]], output: Path) -> None:
    """Lets the model of each run read every image of its dataset."""
    answers = []
    for id, run in runs:
        model = run["model"]
        framework = registries.entry("frameworks", model["framework"])
        dataset = registries.entry("datasets", run["dataset"])
        with _environment(model.get("env", {})):
            reader = load_object(framework["default_backend_class"])(
                registries.project / model["name"], **model.get("engine_params", {})
            )
            samples = load_object(dataset["type"])(
                registries.project / dataset["path"], **dataset.get("params", {})
            )
            answers += [
                Answer(id, sample.name, sample.text, reader.read(sample.name, sample.image))
                for sample in samples
            ]
    _write_csv(output / "answers.csv", Answer, answers)


def evaluate(registries: Registries, runs: list[tuple[str, dict]], output: Path) -> None:
    """Computes every metric of each run from its answers."""
    answers = _read_csv(output / "answers.csv", Answer)
    scores = []
    for id, run in runs:
        of_run = [answer for answer in answers if answer.run == id]
        for metric in run.get("metrics", []):
            entry = registries.entry("metrics", metric)
            value = _measure(load_object(entry["class_path"]), entry.get("params", {}), of_run)
            scores.append(Score(id, metric, f"{value:.6f}"))
    _write_csv(output / "metrics.csv", Score, scores)


def _measure(function: Any, params: dict[str, Any], answers: list[Answer]) -> float:
    """A metric compares texts with answers: all lines at once, or the mean over lines."""
    if params["level"] == "corpus":
        return function([a.text for a in answers], [a.answer for a in answers])
    return sum(function(a.text, a.answer) for a in answers) / len(answers)


def report(registries: Registries, runs: list[tuple[str, dict]], output: Path) -> None:
    """Writes each report that any run asks for, over all runs that ask for it."""
    answers = _read_csv(output / "answers.csv", Answer)
    scores = _read_csv(output / "metrics.csv", Score)
    wanted = dict.fromkeys(name for _, run in runs for name in run.get("reports", []))
    pages = []
    for name in wanted:
        entry = registries.entry("reports", name)
        asking = {id for id, run in runs if name in run.get("reports", [])}
        page = load_object(entry["class_path"])(**entry.get("params", {}))
        pages.append(
            page.render(
                [score for score in scores if score.run in asking],
                [answer for answer in answers if answer.run in asking],
            )
        )
    _write_text(output / "report.md", "\n".join(pages))


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """Sets the `env` of a run for as long as it lasts."""
    before = dict(os.environ)
    os.environ.update(variables)
    logging.basicConfig(
        level=os.environ.get("GLYPHBENCH_LOG", "warning").upper(), format="%(message)s", force=True
    )
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _read_csv(path: Path, row_type: type[Row]) -> list[Row]:
    with open(path, encoding="utf-8", newline="") as file:
        return [row_type(**row) for row in csv.DictReader(file)]


def _write_csv(path: Path, row_type: type, rows: Iterable[Any]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        names = [field.name for field in fields(row_type)]
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
