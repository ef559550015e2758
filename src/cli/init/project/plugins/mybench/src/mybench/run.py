"""The task: `entry_point` of registries/tasks/answer.yaml.

    python -m mybench.run EXPERIMENT

Runs an experiment of the registries in the directory that holds them, and writes
`results/EXPERIMENT/`. It knows as much of the registries as this benchmark needs: runs by their
id, models that are directories.
"""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import yaml


def main() -> None:
    (name,) = sys.argv[1:]
    output = Path("results", name)
    output.mkdir(parents=True, exist_ok=True)
    scores: dict[str, dict[str, float]] = {}
    reports: dict[str, None] = {}
    for run_id in entry("experiments", name)["tasks"]:
        run = entry("runs", run_id)
        answers = infer(run)
        text = json.dumps(answers, ensure_ascii=False, indent=2)
        (output / f"{run_id}.json").write_text(text + "\n", encoding="utf-8")
        scores[run_id] = {metric: score(metric, answers) for metric in run.get("metrics", [])}
        reports |= dict.fromkeys(run.get("reports", []))
    for report_id in reports:
        report = entry("reports", report_id)
        page = load(report["class_path"])(**report.get("params", {})).render(scores)
        (output / f"{report_id}.md").write_text(page, encoding="utf-8")
        print(page, end="")


def infer(run: dict[str, Any]) -> list[dict[str, str]]:
    """What the model of a run answers to every question of its dataset."""
    model, dataset = run["model"], entry("datasets", run["dataset"])
    backend = load(entry("frameworks", model["framework"])["default_backend_class"])
    loaded = backend(Path(model["name"]), **model.get("engine_params", {}))
    questions = load(dataset["type"])(Path(dataset["path"]), **dataset.get("params", {}))
    return [
        {"question": question, "expected": expected, "given": loaded.answer(question)}
        for question, expected in questions
    ]


def score(metric_id: str, answers: list[dict[str, str]]) -> float:
    metric = entry("metrics", metric_id)
    expected = [answer["expected"] for answer in answers]
    given = [answer["given"] for answer in answers]
    return load(metric["class_path"])(expected, given, **metric.get("params", {}))


def entry(kind: str, name: str) -> dict[str, Any]:
    return yaml.safe_load(Path("registries", kind, f"{name}.yaml").read_text(encoding="utf-8"))


def load(dotted: str) -> Any:
    module, name = dotted.rsplit(".", 1)
    return getattr(importlib.import_module(module), name)


if __name__ == "__main__":
    main()
