"""Coverage-guided fuzzing with atheris (`make fuzz`): any bytes, as a plan, a configuration, a rule file, a baseline or
a text in an editor. What is found is written to build/fuzz as a file that shows it."""

from __future__ import annotations

import sys
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["smlint"]):
    from smlint.baseline import BaselineError, read_baseline
    from smlint.config import Configurations
    from smlint.files import Disk
    from smlint.fix import encoded, fix
    from smlint.gate import decide
    from smlint.lsp.actions import actions, everything
    from smlint.lsp.complete import completions
    from smlint.lsp.diagnostics import diagnostics
    from smlint.lsp.document import Document
    from smlint.lsp.hover import hover
    from smlint.lsp.outline import symbols
    from smlint.report import Run, judge
    from smlint.reporters import REPORTERS, Look, reporter
    from smlint.rulebook import RuleError, load
    from smlint.settings import Settings
    from smlint.stub import with_stubs

TOP = Path(__file__).parent.parent
DAY = date(2027, 1, 15)
BOOK = load()
PLAN = b"smlint: 1\ntitle: x\ngoals: [{id: G1}]"
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


def configuration(raw: bytes) -> None:
    (FOLDER / ".git").mkdir(exist_ok=True)
    (FOLDER / "smlint.yaml").write_bytes(raw)
    with suppress(RuleError):
        Configurations(Disk()).of(str(FOLDER / "plan.yaml"))


def rule(raw: bytes) -> None:
    (FOLDER / "rules/alignment").mkdir(parents=True, exist_ok=True)
    (FOLDER / "rules/alignment/own.yaml").write_bytes(raw)
    with suppress(RuleError):
        judge(
            "plan.yaml", b"smlint: 1\ntitle: x\ngoals: [{id: G1}]", Settings(book=load((str(FOLDER / "rules"),))), DAY
        )


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
