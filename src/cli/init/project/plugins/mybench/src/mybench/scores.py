"""The metric: `class_path` of registries/metrics/exact_match.yaml."""


def exact_match(expected: list[str], given: list[str], ignore_case: bool = False) -> float:
    """The share of answers that are exactly what was expected."""
    if ignore_case:
        expected = [text.casefold() for text in expected]
        given = [text.casefold() for text in given]
    right = sum(one == other for one, other in zip(expected, given, strict=True))
    return right / len(expected)
