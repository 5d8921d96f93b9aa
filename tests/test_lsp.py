"""The language server: its parts by tables, and the whole of it as an editor sees it, over the protocol."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls", reason="the extra lsp is not installed")

from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position

from smlint.lsp.actions import actions, everything
from smlint.lsp.complete import completions
from smlint.lsp.context import context
from smlint.lsp.diagnostics import diagnostics
from smlint.lsp.document import Document
from smlint.lsp.hover import hover
from smlint.lsp.names import definitions, name_at, renamed, uses
from smlint.lsp.outline import lenses, symbols
from smlint.lsp.positions import Lines
from smlint.rulebook import load
from smlint.settings import Settings
from tests.editor import Editor
from tests.test_hostile import SLOW_RULE

TOP = Path(__file__).parent.parent
DRAFT = (TOP / "examples/customer-service-first-draft.yaml").read_text("utf-8")
DAY = date(2027, 1, 15)
SERVER = (sys.executable, "-m", "smlint", "lsp", "--as-of", "2027-01-15")
HERE = "¤"  # where the cursor is

PLAN = """\
smlint: 1
title: "Fewer queues 😀"
language: en
objectives:
  - id: B1
    statement: Tenants reach us
goals:
  - id: G1
    statement: 😀 Answer faster
    supports: [B1]
    success_criteria:
      - id: K1
        metric: response-time
  - id: G2
    statement: Fewer calls
initiatives:
  - {id: I1, title: Chat, goals: [G1, "G2"]}
"""


def document(text: str, **more: Any) -> Document:
    return Document("plan.yaml", text, Settings(book=load()), DAY, None, **more)


def cut(text: str) -> tuple[str, int]:
    """A text without its cursor, and where that was."""
    at = text.index(HERE)
    return text.replace(HERE, ""), at


# Positions


@pytest.mark.parametrize(
    ("encoding", "character"), [("utf-8", 7), ("utf-16", 5), ("utf-32", 4)]
)  # fmt: skip
def test_what_a_position_counts_is_agreed_on(encoding: str, character: int) -> None:
    lines = Lines("x\r\na 😀b\rc\n", encoding)
    assert lines.position(6 + 1) == Position(1, character + 0 if encoding != "utf-8" else character)
    assert lines.offset(Position(1, character)) == 7
    assert lines.starts == [0, 3, 8, 10]


@pytest.mark.parametrize(
    ("position", "offset"),
    [((0, 9), 1), ((1, 3), 6), ((1, 99), 7), ((9, 0), 10), ((3, 0), 10), ((2, 1), 9)],
)
def test_a_position_that_is_not_there_is_moved(position: tuple[int, int], offset: int) -> None:
    # Inside of the emoji (1, 3), past the end of a line, and past the end of the text.
    assert Lines("x\r\na 😀b\rc\n").offset(Position(*position)) == offset


@given(st.text("a😀é\r\n\u2028", max_size=40), st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_positions_and_offsets_are_inverse(text: str, encoding: str) -> None:
    lines = Lines(text, encoding)
    for offset in range(len(text) + 1):
        position = lines.position(offset)
        if text[offset - 1 : offset + 1] != "\r\n" and text[offset - 1 : offset] not in ("\r", "\n"):
            assert lines.offset(position) == offset or text[offset - 1 : offset] in ("\r", "\n")


# What is being written


@pytest.mark.parametrize(
    ("text", "path", "kind", "typed"),
    [
        ("st¤", (), "key", "st"),
        ("smlint: 1\nsponsor:\n  le¤", ("sponsor",), "key", "le"),
        ("smlint: 1\nsponsor:\n  level: ex¤", ("sponsor", "level"), "value", "ex"),
        ("goals:\n  - id: G1\n    ¤", ("goals", 0), "key", ""),
        ("goals:\n  - id: G1\n  - ¤", ("goals", 1), "item", ""),
        ("goals:\n- id: G1\n- id: G2\n  hor¤", ("goals", 1), "key", "hor"),
        ("goals:\n  - id: G1\n    supports: [B1, ¤", ("goals", 0, "supports", 1), "item", ""),
        ("goals:\n  - id: G1\n    success_criteria:\n      - {id: K1, metric: ¤",
         ("goals", 0, "success_criteria", 0, "metric"), "value", ""),
        ("goals:\n  - id: G1\n    success_criteria:\n      - {id: K1, ¤",
         ("goals", 0, "success_criteria", 0), "key", ""),
        ('{"smlint": 1, "sponsor": {"level": "¤', ("sponsor", "level"), "value", '"'),
        ('{"smlint": 1, "goals": [{"id": "G1"}, {"¤', ("goals", 1), "key", '"'),
        ("goals:\n  - supports:\n      - B¤", ("goals", 0, "supports", 0), "item", "B"),
        ("a: 1\n# smlint: waive goal-¤", (), "waive", "goal-"),
        ("owner: {name: 'it''s, so', ¤", ("owner",), "key", ""),
        ("owner: {role: x, ¤\nperiod:\n  start: 1", ("owner",), "key", ""),
        # A bracket that was never closed does not swallow the lines after it.
        ("owner: {role: x,\nperiod:\n  ¤", ("period",), "key", ""),
    ],
)  # fmt: skip
def test_the_place_is_known_while_nothing_can_be_read(text: str, path: Any, kind: str, typed: str) -> None:
    found = context(*cut(text))
    assert found is not None
    assert (found.path, found.kind, found.typed) == (path, kind, typed)


@pytest.mark.parametrize("text", ["# no¤", "a: 1 # no¤", "title: >\n  goals: ¤", "title: |\n  some\n  te¤"])
def test_comments_and_long_texts_are_left_alone(text: str) -> None:
    assert context(*cut(text)) is None


@given(st.text("ab:-[]{}\"'#\n ,|>&*!?%@`\t\r😀", max_size=60), st.integers(0, 60))
def test_any_text_has_some_place(text: str, offset: int) -> None:
    found = context(text, min(offset, len(text)))
    assert found is None or (0 <= found.start <= len(text) and found.kind in ("key", "value", "item", "waive"))


ENDLESS = {
    "dashes": "- " * 200_000,
    "brackets": "a: " + "[" * 200_000,
    "objects": '{"a":' * 200_000,
    "blanks": "a" + " " * 200_000 + "b",
    "quotes": "a: {b: " + "x'" * 200_000,
    "brackets that nobody closes": "a: [x\n" * 20_000,
    "strings": 'a: ["x", ' + "'y', " * 100_000,
    "indents": "".join(" " * n + "a:\n" for n in range(1500)),
    "comments": "# smlint: waive " * 100_000,
    "keys": "a:\n" * 100_000,
}


@pytest.mark.parametrize("name", ENDLESS)
def test_no_text_keeps_an_editor_waiting(name: str) -> None:
    """Each took minutes where something was done again for every character before."""

    def late(*_: object) -> None:
        raise TimeoutError(name)

    signal.signal(signal.SIGALRM, late)
    signal.alarm(20)
    try:
        context(ENDLESS[name], len(ENDLESS[name]))
    finally:
        signal.alarm(0)


# Completion


def offered(text: str) -> list[str]:
    plain, at = cut(text)
    return [item.label for item in completions(document(plain, good=document(PLAN).report), at)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("smlint: 1\nsp¤", {"sponsor", "approval", "governance"}),
        ("smlint: 1\nsponsor:\n  level: ¤", {"executive", "board"}),
        ("smlint: 1\ngoals:\n  - id: G1\n    ¤", {"statement", "supports", "success_criteria"}),
        ("smlint: 1\ngoals:\n  - id: G1\n    supports: [¤", {"B1"}),
        (f"{PLAN}  - id: I2\n    goals:\n      - ¤", {"G1", "G2"}),
        (f"{PLAN}  - id: I2\n    goals:\n      ¤", {"G1", "G2"}),
        ("smlint: 1\ngoals:\n  - success_criteria:\n      - metric: ¤", {"response-time", "followers"}),
        ("smlint: 1\nwaivers:\n  - rule: ¤", {"sponsor-missing", "sponsor-level-too-low"}),
        (f"{PLAN}waivers:\n  - at: ¤", {"G1", "K1", "I1", "B1"}),
        ("smlint: 1\n# smlint: waive ¤", {"sponsor-missing"}),
        ("smlint: 1\ncollaboration:\n  applies: ¤", {"true", "false"}),
        ('{"smlint": 1, "sponsor": {"¤', {"level", "role"}),
    ],
)  # fmt: skip
def test_completion(text: str, expected: set[str]) -> None:
    assert expected <= set(offered(text))


def test_completion_offers_no_key_twice() -> None:
    text = PLAN.replace("statement: Fewer calls", f"statement: Fewer calls\n    {HERE}")
    assert not {"id", "statement"} & set(offered(text))


def test_what_a_finding_misses_is_offered_first() -> None:
    plain, at = cut(PLAN.replace("statement: Fewer calls\n", f"statement: Fewer calls\n    {HERE}\n"))
    found = sorted(completions(document(plain, good=document(PLAN).report), at), key=lambda item: item.sort_text or "")
    assert {item.label for item in found[:2]} & {"success_criteria", "supports"}


@pytest.mark.parametrize(
    ("text", "label", "new"),
    [
        ("smlint: 1\nsp¤", "sponsor", "sponsor:\n  "),
        ("smlint: 1\n¤", "title", "title: "),
        ("smlint: 1\n¤", "goals", "goals:\n  - "),
        ('{"smlint": 1, "¤', "title", '"title": '),
        ('{"smlint": 1, "sponsor": {"level": "¤', "executive", '"executive"'),
        ("smlint: 1\nchannels:\n  - id: c\n    ¤", "purpose", "purpose: "),
    ],
)
def test_what_completion_writes(text: str, label: str, new: str) -> None:
    plain, at = cut(text)
    found = {item.label: item for item in completions(document(plain), at)}
    edit = found[label].text_edit
    assert edit is not None
    assert edit.new_text == new


# Hover


def told(text: str, words: str, offset: int = 0, **more: Any) -> str:
    made = document(text, **more)
    found = hover(made, text.index(words) + offset)
    return str(found.contents.value) if found else ""  # type: ignore[union-attr]


def test_hover_tells_what_a_key_means_and_what_is_missing_there() -> None:
    assert "What" in told(PLAN, "title:")
    goal = told(PLAN, "id: G2")
    assert "success-criteria-missing" in goal


def test_hover_tells_what_an_id_stands_for() -> None:
    assert "Tenants reach us" in told(PLAN, "[B1]", 1)
    assert "Fewer calls" in told(PLAN, '"G2"', 1)


def test_hover_shows_no_markup_of_the_plan() -> None:
    text = PLAN.replace("Tenants reach us", "![x](http://example.org) <img src=x> **bold**")
    found = told(text, "[B1]", 1)
    assert "![x](" not in found
    assert "<img" not in found
    assert "**bold**" not in found


def test_hover_works_on_while_the_text_cannot_be_read() -> None:
    broken = PLAN.replace("[B1]", "[B1")
    assert document(broken).report.score is None
    assert "What the plan is called" in told(broken, "title:")


def test_hover_in_norwegian() -> None:
    assert "Hva planen" in told(PLAN.replace("language: en", "language: nb"), "title:")


# Ids


@pytest.mark.parametrize(
    ("words", "offset", "kind", "id", "given_at", "used_at"),
    [
        ("[B1]", 1, "objectives", "B1", [(4, 8)], [(9, 15)]),
        ("id: B1", 4, "objectives", "B1", [(4, 8)], [(9, 15)]),
        ("[G1,", 1, "goals", "G1", [(7, 8)], [(16, 34)]),
        ('"G2"', 2, "goals", "G2", [(13, 8)], [(16, 38)]),
    ],
)
def test_ids_are_found_where_they_are_given_and_used(
    words: str, offset: int, kind: str, id: str, given_at: Any, used_at: Any
) -> None:
    made = document(PLAN)
    name = name_at(made, PLAN.index(words) + offset)
    assert name == (kind, id)
    assert [(each.start.line, each.start.character) for each in definitions(made, name)] == given_at
    assert [(each.start.line, each.start.character) for each in uses(made, name)] == used_at


def test_a_new_name_is_written_everywhere_and_keeps_the_quotes() -> None:
    made = document(PLAN)
    name = name_at(made, PLAN.index('"G2"') + 1)
    assert name is not None
    assert sorted(text for _, text in renamed(made, name, "G9")) == ['"G9"', "G9"]
    assert sorted(text for _, text in renamed(made, name, "no")) == ['"no"', '"no"']


# Findings and what is offered about them


def test_all_findings_are_shown_and_the_waived_greyed_out() -> None:
    text = (
        DRAFT + "\nwaivers:\n  - rule: sponsor-missing\n    reason: The board meets in March\n    expires: 2027-04-01\n"
    )
    made = document(text)
    found = diagnostics(made)
    assert len(found) == len(made.report.findings)
    assert {each.code for each in found if each.tags} == {"sponsor-missing"}
    assert all(each.range.start.line < text.count("\n") for each in found)


def test_a_finding_is_underlined_where_it_stands() -> None:
    text = PLAN.replace("language: en", "language: en\nstatus: aproved")
    found = next(each for each in diagnostics(document(text)) if each.code == "not-in-list")
    assert found.range == Lines(text).range(text.index("status:"), text.index("aproved") + 7)
    assert all(each.range.start.line == each.range.end.line for each in diagnostics(document(DRAFT)))
    missing = next(each for each in diagnostics(document(PLAN)) if each.code == "success-criteria-missing")
    assert missing.range == Lines(PLAN).range(PLAN.index("id: G2"), PLAN.index("id: G2") + 2)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_byte_order_mark_moves_nothing(mark: str) -> None:
    made = document(mark + '{"smlint": 1, "titel": "x"}')
    found = next(each for each in diagnostics(made) if each.code == "unknown-key")
    start, end = (made.lines.offset(place) for place in (found.range.start, found.range.end))
    assert made.text[start:end] == '"titel": "x"'


def test_what_is_no_plan_has_no_findings() -> None:
    assert diagnostics(document("name: ci\non: push\n")) == []
    assert diagnostics(document("name: [ci\n")) == []


def test_what_cannot_be_read_is_one_finding_and_the_rest_stays_known() -> None:
    broken = document(PLAN + "x: [", good=document(PLAN).report)
    assert [each.code for each in diagnostics(broken)] == ["syntax-error"]
    assert broken.data["title"] == "Fewer queues 😀"
    assert actions(broken, "file:///plan.yaml", Lines(PLAN).range(0, len(PLAN))) == []


def applied(text: str, edits: Any) -> str:
    """A text with the edits of a code action, as an editor makes them: positions in UTF-16."""
    lines = Lines(text)
    for edit in sorted(edits, key=lambda each: lines.offset(each.range.start), reverse=True):
        text = text[: lines.offset(edit.range.start)] + edit.new_text + text[lines.offset(edit.range.end) :]
    return text


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("statement: Fewer calls", "statment: Fewer calls 😀", "unknown-key"),
        ("language: en", "language: en\nstatus: aproved", "not-in-list"),
        ('"G2"', "g2", "unresolved-reference"),
    ],
)
def test_a_repair_makes_its_finding_go_away(old: str, new: str, rule: str) -> None:
    made = document(PLAN.replace(old, new))
    shown = next(each for each in diagnostics(made) if rule in str(each.code))
    first = actions(made, "u", shown.range)[0]
    assert first.is_preferred
    assert first.edit
    assert first.edit.changes
    after = document(applied(made.text, first.edit.changes["u"]))
    assert shown.code not in {each.code for each in diagnostics(after)}
    whole = everything(made, "u")
    assert whole
    assert whole.edit
    assert whole.edit.changes
    assert applied(made.text, whole.edit.changes["u"]) == after.text


def test_a_waiver_is_offered_and_asks_for_its_reason() -> None:
    made = document(DRAFT)
    shown = next(each for each in diagnostics(made) if each.code == "sponsor-missing")
    offer = next(each for each in actions(made, "u", shown.range) if "waiver" in each.title and "sponsor" in each.title)
    assert offer.edit
    assert offer.edit.changes
    text = applied(DRAFT, offer.edit.changes["u"])
    after = document(text)
    assert "rule: sponsor-missing" in text
    assert {"sponsor-missing"} <= {str(each.code) for each in diagnostics(after)}
    reasoned = document(text.replace('reason: ""', "reason: The board meets in March"))
    assert any(each.tags for each in diagnostics(reasoned) if each.code == "sponsor-missing")


def test_room_is_offered_for_what_is_missing() -> None:
    made = document(PLAN)
    shown = next(each for each in diagnostics(made) if each.code == "success-criteria-missing")
    titles = [each.title for each in actions(made, "u", shown.range)]
    assert any("success_criteria" in title for title in titles)


# The plan at a glance


def test_outline_and_level() -> None:
    made = document(PLAN)
    found = {each.name: each for each in symbols(made)}
    assert list(found)[:4] == ["smlint", "title", "language", "objectives"]
    goals = found["goals"].children or []
    assert len(goals) == 2
    assert any("G1" in each.name or "Answer faster" in each.name for each in goals)
    assert next(each.command.title.split(" ")[0] for each in lenses(made) if each.command) == "Level"


def test_every_symbol_holds_its_own_name() -> None:
    """What the protocol asks: the selection lies inside the whole range."""

    def check(found: Any) -> None:
        for each in found:
            inner, outer = each.selection_range, each.range
            assert (outer.start.line, outer.start.character) <= (inner.start.line, inner.start.character)
            assert (inner.end.line, inner.end.character) <= (outer.end.line, outer.end.character)
            check(each.children or [])

    for file in sorted((TOP / "examples").rglob("*.yaml")):
        check(symbols(document(file.read_text("utf-8"))))


# The whole server, over the protocol


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Editor]:
    with Editor(*SERVER, cwd=tmp_path) as editor:
        yield editor


def codes(found: list[Any]) -> set[str]:
    return {each["code"] for each in found}


def test_from_opening_to_leaving(editor: Editor, tmp_path: Path) -> None:
    typo = PLAN.replace("statement: Fewer calls", "statment: Fewer calls")
    uri = editor.open(tmp_path / "plan.yaml", typo)
    found = editor.found(uri)
    shown = next(each for each in found if each["code"] == "unknown-key")
    line = PLAN.splitlines().index("    statement: Fewer calls")
    assert shown["range"] == {"start": {"line": line, "character": 4}, "end": {"line": line, "character": 25}}
    offers = editor.ask(
        "textDocument/codeAction",
        {"textDocument": {"uri": uri}, "range": shown["range"], "context": {"diagnostics": [shown]}},
    )
    [edit] = offers[0]["edit"]["changes"][uri]
    assert edit["newText"] == "statement"
    editor.change(uri, PLAN, 2)
    assert "unknown-key" not in codes(editor.found(uri))
    assert "called" in editor.at("hover", uri, 1, 2)["contents"]["value"]
    editor.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert editor.found(uri, lambda found: not found) == []
    assert editor.leave() == 0


def test_a_question_is_answered_for_what_is_typed_now(editor: Editor, tmp_path: Path) -> None:
    uri = editor.open(tmp_path / "plan.yaml", PLAN)
    editor.found(uri)
    editor.change(uri, PLAN + "spons", 2)
    labels = [each["label"] for each in editor.at("completion", uri, 17, 5)]
    assert "sponsor" in labels
    assert codes(editor.found(uri)) == {"syntax-error"}


def test_only_repairs_are_made_on_saving(editor: Editor, tmp_path: Path) -> None:
    uri = editor.open(tmp_path / "plan.yaml", PLAN.replace("language: en", "langauge: en"))
    editor.found(uri)
    everywhere = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    ask = {"textDocument": {"uri": uri}, "range": everywhere, "context": {"diagnostics": [], "only": ["source"]}}
    [offer] = editor.ask("textDocument/codeAction", ask)
    assert offer["kind"] == "source.fixAll"
    assert [edit["newText"] for edit in offer["edit"]["changes"][uri]] == ["language"]


def test_definition_references_and_rename(editor: Editor, tmp_path: Path) -> None:
    uri = editor.open(tmp_path / "plan.yaml", PLAN)
    spot = editor.at("definition", uri, 16, 34)
    assert [each["range"]["start"] for each in spot] == [{"line": 7, "character": 8}]
    spots = editor.at("references", uri, 7, 8, context={"includeDeclaration": True})
    assert len(spots) == 2
    edits = editor.at("rename", uri, 7, 8, newName="G7")["changes"][uri]
    assert {each["newText"] for each in edits} == {"G7"}


def test_configuration_is_read_when_it_is_saved(editor: Editor, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    uri = editor.open(tmp_path / "plan.yaml", PLAN)
    assert "sponsor-missing" in codes(editor.found(uri))
    (tmp_path / "smlint.yaml").write_text("rules: {sponsor-missing: off}\n")
    editor.diagnostics.clear()
    editor.tell("textDocument/didSave", {"textDocument": {"uri": uri}})
    assert "sponsor-missing" not in codes(editor.found(uri))
    (tmp_path / "smlint.yaml").write_text("ruels: {sponsor-missing: off}\n")
    editor.diagnostics.clear()
    editor.tell("textDocument/didSave", {"textDocument": {"uri": uri}})
    assert "sponsor-missing" in codes(editor.found(uri))
    assert any("ruels" in message for message in editor.messages)


def test_a_rule_that_cannot_be_run_is_told_and_the_shipped_ones_hold(tmp_path: Path) -> None:
    (tmp_path / "rules/alignment").mkdir(parents=True)
    rule = SLOW_RULE.replace("GIVEN", "$.goals[*]").replace("FORBID", "'/^(a|aa)+$/'")
    (tmp_path / "rules/alignment/slow.yaml").write_text(rule)
    with Editor(*SERVER, cwd=tmp_path, options={"rules": [str(tmp_path / "rules")]}) as editor:
        uri = editor.open(tmp_path / "plan.yaml", PLAN.replace("Fewer calls", "a" * 80 + "b"))
        assert "sponsor-missing" in codes(editor.found(uri))
        assert any("takes too long on a text of this plan" in message for message in editor.messages)


def test_a_plan_that_the_configuration_leaves_out_has_no_findings(editor: Editor, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "smlint.yaml").write_text("exclude: [old/]\n")
    (tmp_path / "old").mkdir()
    assert editor.found(editor.open(tmp_path / "old/plan.yaml", PLAN)) == []
    assert editor.found(editor.open(tmp_path / "plan.yaml", PLAN)) != []


def test_the_editor_may_say_language_and_day(tmp_path: Path) -> None:
    options = {"lang": "nb", "asOf": "2027-02-30", "rules": "no list"}
    with Editor(*SERVER, cwd=tmp_path, options=options) as editor:
        uri = editor.open(tmp_path / "plan.yaml", PLAN)
        found = editor.found(uri)
        assert any("Planen" in each["message"] for each in found)
        assert any("2027-02-30" in message for message in editor.messages)


def test_an_editor_with_every_ability_is_told_what_to_watch(tmp_path: Path) -> None:
    able = {
        "general": {"positionEncodings": ["utf-8", "utf-16"]},
        "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}, "codeLens": {"refreshSupport": True}},
        "textDocument": {"rename": {"prepareSupport": True}},
    }
    with Editor(*SERVER, cwd=tmp_path, capabilities=able) as editor:
        assert editor.server["capabilities"]["positionEncoding"] == "utf-8"
        assert editor.server["capabilities"]["renameProvider"] == {"prepareProvider": True}
        uri = editor.open(tmp_path / "plan.yaml", PLAN)
        assert "sponsor-missing" in codes(editor.found(uri))
        assert editor.at("prepareRename", uri, 7, 8)["placeholder"] == "G1"
        assert editor.at("prepareRename", uri, 1, 8) is None
        (tmp_path / "smlint.yaml").write_text("rules: {sponsor-missing: off}\n")
        editor.diagnostics.clear()
        changed = {"changes": [{"uri": (tmp_path / "smlint.yaml").as_uri(), "type": 1}]}
        editor.tell("workspace/didChangeWatchedFiles", changed)
        assert "sponsor-missing" not in codes(editor.found(uri))
        assert {"client/registerCapability", "workspace/codeLens/refresh"} <= set(editor.asked)
        assert editor.leave() == 0


HOSTILE: list[bytes] = [
    b"not json", b"[]", b"null", b"{}", b'{"jsonrpc":"2.0"}', b'{"jsonrpc":"2.0","id":{},"method":"x"}', b"\xff\xfe",
    b'{"jsonrpc":"2.0","id":7,"method":"textDocument/hover","params":null}',
    b'{"jsonrpc":"2.0","id":8,"method":"textDocument/hover","params":{"textDocument":{"uri":5},"position":[]}}',
    b'{"jsonrpc":"2.0","id":9,"method":"textDocument/hover","params":{"textDocument":{"uri":"http://[x"},'
    b'"position":{"line":-5,"character":99999999999999999999}}}',
    b'{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///no","version":1},'
    b'"contentChanges":[{"text":"x"}]}}',
    b'{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"untitled:a","languageId":"y",'
    b'"version":1,"text":"smlint: 1\\nx: \\ud800\\u0000"}}}',
    b"[" * 100_000,
]  # fmt: skip


def test_no_message_ends_the_server(editor: Editor, tmp_path: Path) -> None:
    assert editor.process.stdin is not None
    for raw in HOSTILE:
        editor.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(raw) + raw)
    editor.process.stdin.flush()
    uri = editor.open(tmp_path / "plan.yaml", PLAN)
    assert "sponsor-missing" in codes(editor.found(uri))
    assert editor.leave() == 0


def test_an_editor_that_is_gone_takes_the_server_with_it(tmp_path: Path) -> None:
    run = subprocess.run(SERVER, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (1, b"")


def test_without_the_extra_one_sentence_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "pygls.py").write_text("raise ImportError\n")
    run = subprocess.run(
        SERVER, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, cwd=tmp_path,
        env={"PYTHONPATH": f"{tmp_path}", "PATH": ""},
    )  # fmt: skip
    assert run.returncode == 2
    assert run.stderr.decode() == "Error: the language server needs the extra `lsp`: pip install 'smlint[lsp]'\n"


def test_a_long_plan_keeps_no_message_waiting(editor: Editor, tmp_path: Path) -> None:
    """A question about another document is answered although a long one is still being judged."""
    goals = "".join(f"  - {{id: G{n}, statement: s}}\n" for n in range(8_000))
    big = editor.open(tmp_path / "big.yaml", f"smlint: 1\ngoals:\n{goals}")
    small = editor.open(tmp_path / "plan.yaml", PLAN)
    assert editor.at("hover", small, 1, 2)
    assert big not in editor.diagnostics
    assert sum(each["code"] == "success-criteria-missing" for each in editor.found(big)) == 8_000
