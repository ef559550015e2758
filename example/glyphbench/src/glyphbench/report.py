"""Reports: what a person reads."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """What a run read in one image. A row of `answers.csv`."""

    run: str
    image: str
    text: str
    answer: str


@dataclass(frozen=True)
class Score:
    """One metric of one run. A row of `metrics.csv`; the value is text, so that it is exact."""

    run: str
    metric: str
    value: str


class Summary:
    """A Markdown page: one table of scores, and the worst lines of each run."""

    def __init__(self, title: str = "Results", worst: int = 3):
        self._title = title
        self._worst = worst

    def render(self, scores: Sequence[Score], answers: Sequence[Answer]) -> str:
        """The page, ending in a newline."""
        runs = list(dict.fromkeys(score.run for score in scores))
        metrics = list(dict.fromkeys(score.metric for score in scores))
        values = {(score.run, score.metric): score.value for score in scores}
        lines = [f"# {self._title}", ""]
        lines += [_row(["run", *metrics]), _row(["---"] + ["---:"] * len(metrics))]
        for run in runs:
            lines.append(_row([run] + [values.get((run, metric), "") for metric in metrics]))
        for run in runs:
            lines += ["", f"## {run}: lines with most wrong characters", ""]
            lines += [_row(["image", "text", "answer"]), _row(["---"] * 3)]
            of_run = [answer for answer in answers if answer.run == run]
            for answer in sorted(of_run, key=_by_wrong_characters)[: self._worst]:
                lines.append(_row([answer.image, f"`{answer.text}`", f"`{answer.answer}`"]))
        return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _by_wrong_characters(answer: Answer) -> tuple[int, str]:
    pairs = zip(answer.text, answer.answer)
    wrong = sum(asked != got for asked, got in pairs)
    return -(wrong + abs(len(answer.text) - len(answer.answer))), answer.image
