"""The expected outputs of the examples: `python -m tests.golden` writes them, test_golden.py compares."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from smlint.discovery import Source, read
from smlint.gate import decide
from smlint.plan import Limits
from smlint.report import Run, judge_plan
from smlint.reporters import Look, reporter
from smlint.reporters.scorecard import render as scorecard
from smlint.rulebook import Rulebook, load
from smlint.settings import Settings
from smlint.words import LANGUAGES

TOP = Path(__file__).parent.parent
GOLDENS = Path(__file__).parent / "goldens"
AS_OF = date(2027, 1, 15)
FORMATS = {"text": "txt", "table": "table.txt"}
MACHINE = {
    "sarif": "sarif", "junit": "junit.xml", "github": "github.txt", "gitlab": "gitlab.json", "rdjson": "rd.json",
    "markdown": "md", "csv": "csv",
}  # fmt: skip
AS_JSON = ("complete", "least", "customer-service-first-draft")


def examples() -> list[str]:
    """The shipped plans, relative to the top of the project."""
    return sorted(str(path.relative_to(TOP)) for path in (TOP / "examples").rglob("*.yaml"))


def run_of(example: str, book: Rulebook, language: str) -> Run:
    """What `smlint check EXAMPLE --lang LANGUAGE` finds."""
    plan = read(Source(str(TOP / example), True), Limits())
    assert plan is not None
    plan.name = example
    reports = (judge_plan(plan, Settings(book), AS_OF),)
    return Run(reports, 0, decide(reports), book, AS_OF, language)


def outputs(book: Rulebook) -> Iterator[tuple[Path, str]]:
    """Every golden file and what it should hold."""
    for example in examples():
        stem = example.removeprefix("examples/").removesuffix(".yaml").replace("/", "-")
        for language in LANGUAGES:
            run = run_of(example, book, language)
            for format, ending in FORMATS.items():
                yield GOLDENS / f"{stem}.{language}.{ending}", reporter(format)(run, Look(width=80))
            if stem in AS_JSON and language == "en":
                yield GOLDENS / f"{stem}.json", reporter("json")(run, Look())
            if stem == "least" and language == "en":
                for format, ending in MACHINE.items():
                    yield GOLDENS / f"{stem}.{ending}", reporter(format)(run, Look())
            yield GOLDENS / f"{stem}.{language}.score.txt", scorecard(run, Look(width=80), explain=True)


def write() -> None:
    """Write all goldens anew and remove those that nothing gives any more."""
    expected = dict(outputs(load()))
    for file in GOLDENS.glob("*"):
        if file not in expected:
            file.unlink()
    GOLDENS.mkdir(exist_ok=True)
    for file, text in expected.items():
        file.write_text(text, "utf-8", newline="")


if __name__ == "__main__":
    write()
