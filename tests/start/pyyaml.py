"""Reads cases from standard input as JSON; prints one line for each that PyYAML reads otherwise.

A case has `yaml`, a document with the field `key`, and either `value`, which it must hold, or
`typed`, a plain scalar that must mean the same there as it does alone.
"""

import json
import sys

import yaml

cases = json.load(sys.stdin)
for case in cases:
    try:
        read = yaml.safe_load(case["yaml"])
        expected = case["value"] if "value" in case else {"key": yaml.safe_load(case["typed"])}
        # True is not 1 here, nor is 1 the same as 1.0.
        same = repr(read) == repr(expected)
    except (yaml.YAMLError, ValueError) as error:
        read, expected, same = f"{type(error).__name__}: {error}", None, False
    if not same:
        print(f"{case['yaml']!r}: {read!r}, not {expected!r}")
print(len(cases))
