"""The report: `class_path` of registries/reports/summary.yaml."""


class Summary:
    """One line for each score."""

    def __init__(self, title: str) -> None:
        self.title = title

    def render(self, scores: dict[str, dict[str, float]]) -> str:
        lines = [f"# {self.title}", ""]
        for run, of_run in scores.items():
            lines += [f"- {run}: {metric} {value:.4f}" for metric, value in of_run.items()]
        return "\n".join(lines) + "\n"
