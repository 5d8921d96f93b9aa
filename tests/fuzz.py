"""Coverage-guided fuzzing with atheris (`make fuzz`): any bytes, as a plan, a configuration, a rule file, a baseline or
a text in an editor. What is found is written to build/fuzz as a file that shows it."""

from __future__ import annotations

import sys
import tempfile
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["smlint"]):
    from smlint import light
    from smlint.baseline import BaselineError, read_baseline
    from smlint.config import Configurations
    from smlint.files import Disk
    from smlint.fix import encoded, fix
    from smlint.gate import decide
    from smlint.lint import LEFT_OUT, Ready, prepared
    from smlint.lsp.actions import actions, everything
    from smlint.lsp.complete import completions
    from smlint.lsp.diagnostics import diagnostics
    from smlint.lsp.document import Document
    from smlint.lsp.hover import hover
    from smlint.lsp.outline import symbols
    from smlint.plan import Plan
    from smlint.profile import View
    from smlint.quick import quick
    from smlint.report import Run, judge
    from smlint.reporters import REPORTERS, Look, reporter
    from smlint.rulebook import RuleError, load
    from smlint.settings import Settings
    from smlint.shape import shape
    from smlint.spot import Spot
    from smlint.stub import with_stubs

TOP = Path(__file__).parent.parent
DAY = date(2027, 1, 15)
BOOK = load()
PLAN = (TOP / "examples/complete.yaml").read_bytes()
SETTINGS = Settings(book=BOOK)
FOLDER = Path(tempfile.mkdtemp())


def plan(raw: bytes) -> None:
    report = judge("plan.yaml", raw, SETTINGS, DAY)
    if report.score is not None:
        text, _ = fix(report, DAY)
        with_stubs(judge("plan.yaml", encoded(text), SETTINGS, DAY))
    run = Run((report,), 0, decide((report,)), BOOK, DAY, "nb")
    for format in REPORTERS:
        reporter(format)(run, Look())
    read_alike(raw)
    view = view_of(raw)
    known = prepared(BOOK, view.predicates)
    for number, id in enumerate(BOOK.rules):
        if id in known:
            agree(view, known[id], made(number))


def read_alike(raw: bytes) -> None:
    """Light events say what PyYAML's own do."""
    plain = Plan.read("plan.yaml", raw)
    light.lighten()
    other = Plan.read("plan.yaml", raw)
    light.restore()
    assert (plain.text, plain.data, plain.marks, plain.fault) == (other.text, other.data, other.marks, other.fault)


def view_of(raw: bytes) -> View:
    read = Plan.read("plan.yaml", raw)
    return View(read, shape(read).data, DAY)


@cache
def made(rule: int) -> Any:
    """The function of a shipped rule, by its number."""
    return quick(list(BOOK.rules.values())[rule].check)


def agree(view: View, ready: Ready, made: Any) -> None:
    """Where the function that is made of a rule says that it holds, its verbs find nothing."""
    spots = [Spot(path, value, view.plan) for path, value in ready.select.located(view.data)]
    try:
        surely = made([spot.value for spot in spots], view.data, view)
        findings = [ready.check(spot, view) for spot in spots]
    except Exception:  # a rule that cannot be run is looked at closely, and said to be one
        return
    assert not surely or all(each is None or each is LEFT_OUT for each in findings), ready.rule.id


def configuration(raw: bytes) -> None:
    (FOLDER / ".git").mkdir(exist_ok=True)
    (FOLDER / "smlint.yaml").write_bytes(raw)
    with suppress(RuleError):
        Configurations(Disk()).of(str(FOLDER / "plan.yaml"))


def rule(raw: bytes) -> None:
    (FOLDER / "rules/alignment").mkdir(parents=True, exist_ok=True)
    (FOLDER / "rules/alignment/own.yaml").write_bytes(raw)
    with suppress(RuleError):
        book = load((str(FOLDER / "rules"),))
        judge("plan.yaml", PLAN, Settings(book=book), DAY)
        view = view_of(PLAN)
        for id, ready in prepared(book, view.predicates).items():
            if id not in BOOK.rules:
                agree(view, ready, quick(ready.rule.check))


def baseline(raw: bytes) -> None:
    file = FOLDER / "baseline.json"
    file.write_bytes(raw)
    with suppress(BaselineError):
        read_baseline(file, str(file), "baseline.json")


def editor(raw: bytes) -> None:
    text = raw[2:].decode("utf-8", "replace").replace("\ufffd", "😀")
    offset = int.from_bytes(raw[:2], "big") % (len(text) + 1)
    document = Document("plan.yaml", text, SETTINGS, DAY, None)
    completions(document, offset)
    hover(document, offset)
    diagnostics(document)
    if document.readable:
        symbols(document)
        everything(document, "u")
        actions(document, "u", document.lines.range(offset, offset))


KINDS = (plan, plan, plan, configuration, rule, baseline, editor, editor)


def one(data: bytes) -> None:
    if data:
        KINDS[data[0] % len(KINDS)](data[1:])


def seeds(folder: Path) -> None:
    """The shipped examples, rules and configurations to begin from."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, file in enumerate(sorted([*(TOP / "examples").rglob("*.yaml"), *(TOP / "rules").rglob("*.yaml")])):
        kind = b"\x04" if "rules" in file.parts else b"\x00"
        (folder / f"{number}").write_bytes(kind + file.read_bytes())
        if kind == b"\x00":
            (folder / f"{number}-editor").write_bytes(b"\x06\x01\x00" + file.read_bytes())
    (folder / "configuration").write_bytes(b"\x03rules: {goal-orphan: off}\ngate: {min_score: 3}\nextends: []\n")


if __name__ == "__main__":
    corpus = TOP / "build/fuzz/corpus"
    if not corpus.exists():
        seeds(corpus)
    limits = ["-max_len=20000", "-timeout=30", "-rss_limit_mb=3000", f"-artifact_prefix={corpus.parent}/"]
    atheris.Setup([*sys.argv, *limits, str(corpus)], one)
    atheris.Fuzz()
