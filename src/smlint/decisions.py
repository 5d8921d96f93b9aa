"""A meeting's decisions: read from a filled-in spreadsheet, and written into the plan as waivers."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path as File
from typing import Any

from smlint.edit import edited, waiver_edit
from smlint.finding import Finding
from smlint.plan import inside
from smlint.record import Record
from smlint.report import Report, judge
from smlint.settings import Settings
from smlint.words import safe, say

_BYTES = 20_000_000  # of a file, and of each part of a spreadsheet once unpacked
_ROWS = 100_000
# The columns by the headings that they may have, the most telling first.
_HEADINGS = {
    "id": ("finding id", "funn-id"),
    "plan": ("plan",),
    "finding": ("finding", "funn"),
    "decision": ("decision", "beslutning"),
    "reason": ("reason for the decision", "begrunnelse for beslutningen", "reason", "begrunnelse"),
    "responsible": ("responsible", "ansvarlig for tiltaket", "ansvarlig"),
    "due": ("due", "frist"),
}
_ANSWERS = {
    "fix": "fix", "rettes": "fix", "rett": "fix",
    "accept": "accept", "godtas": "accept", "godta": "accept",
    "not relevant": "drop", "ikke aktuelt": "drop",
}  # fmt: skip
_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y")


class DecisionError(Exception):
    """A file that cannot be read as decisions, or a plan that cannot be changed safely: one sentence."""


class Decision(Record):
    """One row that the meeting has answered. `answer` is fix, accept or drop ("not relevant")."""

    row: int
    plan: str
    id: str
    finding: str
    answer: str
    reason: str
    responsible: str
    due: date | None


class Outcome(Record):
    """What became of the decisions: the plan's new text, the findings that are waived now, the actions agreed, and the
    rows with which nothing could be done, each with the key of a sentence that says why."""

    text: str
    waived: tuple[Finding, ...]
    actions: tuple[tuple[Decision, Finding], ...]
    refused: tuple[tuple[Decision, str], ...]


# --- reading ------------------------------------------------------------------------------------------------------


def read_decisions(path: str) -> list[Decision]:
    """The answered rows of a .csv or .xlsx file. Raises DecisionError."""
    file = File(path)
    try:
        if not file.is_file() or file.stat().st_size > _BYTES:
            raise DecisionError(f"{path} is not a file of at most {_BYTES} bytes")
        raw = file.read_bytes()
    except OSError as error:
        raise DecisionError(f"{path} cannot be read: {error.strerror}") from None
    for table in _sheets(path, raw) if raw[:2] == b"PK" else [_csv(path, raw)]:
        columns = _columns(table[0]) if table else {}
        if {"id", "decision"} <= columns.keys():
            return list(_decisions(path, table, columns))
    raise DecisionError(f"{path} has no sheet with the columns “Finding id” and “Decision”")


def _csv(path: str, raw: bytes) -> list[list[Any]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DecisionError(f"{path} is not UTF-8") from None
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [row for row, _ in zip(rows, range(_ROWS), strict=False)]
    except csv.Error as error:
        raise DecisionError(f"{path} cannot be read as CSV: {error}") from None


def _sheets(path: str, raw: bytes) -> Iterator[list[list[Any]]]:
    """The sheets of a workbook, as values. Sizes are looked at before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            if sum(part.file_size for part in parts.infolist()) > 10 * _BYTES:
                raise DecisionError(f"{path} is too large once unpacked")
        from openpyxl import load_workbook

        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        for sheet in book.worksheets:
            yield [list(row) for row, _ in zip(sheet.iter_rows(values_only=True), range(_ROWS), strict=False)]
    except ImportError:
        raise DecisionError("xlsx needs the extra `report`: pip install 'smlint[report]'") from None
    except DecisionError:
        raise
    except Exception as error:  # whatever is in the archive, openpyxl has many ways to stumble over it
        raise DecisionError(f"{path} cannot be read as a spreadsheet: {type(error).__name__}") from None


def _columns(head: Sequence[Any]) -> dict[str, int]:
    names = [str(cell or "").strip().casefold() for cell in head]
    found = {}
    for column, headings in _HEADINGS.items():
        known = next((heading for heading in headings if heading in names), None)
        if known is not None:
            found[column] = names.index(known)
    return found


def _decisions(path: str, table: list[list[Any]], columns: dict[str, int]) -> Iterator[Decision]:
    for number, row in enumerate(table[1:], 2):

        def cell(name: str, row: list[Any] = row) -> Any:
            at = columns.get(name)
            return row[at] if at is not None and at < len(row) and row[at] is not None else ""

        said = _text(cell("decision")).casefold()
        if not said:
            continue
        if said not in _ANSWERS:
            raise DecisionError(f"{path}, row {number}: {said!r} is not a decision (fix, accept, not relevant)")
        yield Decision(
            number, _text(cell("plan")), _text(cell("id")), _text(cell("finding")), _ANSWERS[said],
            _text(cell("reason")), _text(cell("responsible")), _day(path, number, cell("due")),
        )  # fmt: skip


def _text(value: Any) -> str:
    """A cell's text, without the apostrophe that keeps it from being a formula."""
    text = " ".join(str(value).split())
    return text[1:] if re.match(r"'[=+\-@]", text) else text


def _day(path: str, row: int, value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    for form in _DATES if text else ():
        try:
            return datetime.strptime(text[:10], form).date()
        except ValueError:
            continue
    if text:
        raise DecisionError(f"{path}, row {row}: {text[:40]!r} is not a date such as 2027-06-30")
    return None


def of_plan(decisions: list[Decision], name: str) -> list[Decision]:
    """The decisions about one plan: those that name it, or its file, or all where the rows name one plan at most."""
    exact = [each for each in decisions if each.plan == name]
    alike = [each for each in decisions if File(each.plan).name == File(name).name]
    return exact or alike or (decisions if len({each.plan for each in decisions}) <= 1 else [])


# --- writing ------------------------------------------------------------------------------------------------------


def apply(name: str, raw: bytes, decisions: list[Decision], settings: Settings, as_of: date) -> Outcome:
    """The decisions applied to the bytes of a plan. Raises DecisionError where that cannot be done safely."""
    report = judge(name, raw, settings, as_of)
    if report.score is None:
        raise DecisionError(f"{name} cannot be read as a plan: {report.findings[0].message('en')}")
    found = {safe(finding.id): finding for finding in report.findings}
    refused: list[tuple[Decision, str]] = []
    actions: list[tuple[Decision, Finding]] = []
    accepted: dict[str, tuple[Decision, Finding]] = {}
    for decision in decisions:
        finding = found.get(decision.id)
        if finding is None:
            refused.append((decision, "gone"))
        elif decision.answer == "fix":
            actions.append((decision, finding))
        elif finding.id in report.waivers:
            continue  # done before
        elif finding.structural:
            refused.append((decision, "structural"))
        elif not decision.reason:
            refused.append((decision, "no-reason"))
        else:
            accepted[finding.id] = (decision, finding)
    entries, named = [], []
    for decision, finding in accepted.values():
        covers, at = _target(report, finding, set(accepted))
        if not covers:
            refused.append((decision, "not-alone"))
            continue
        entries.append(_entry(decision, finding, at, report.language or "en"))
        named.append(finding)
    text = edited(report.plan.text, [waiver_edit(report.plan, entries)] if entries else [])
    _prove(name, report, text, named, settings, as_of, len(entries))
    return Outcome(text, tuple(named), tuple(actions), tuple(refused))


def _target(report: Report, finding: Finding, accepted: set[str]) -> tuple[bool, str | None]:
    """The narrowest `at` that waives the finding and nothing that was not accepted; None is the whole plan."""
    ids = []
    data: Any = report.plan.data
    for part in finding.path:
        data = inside(data, part)
        if isinstance(data, dict) and isinstance(data.get("id"), str):
            ids.append(data["id"])
    keys = [finding.at[0]] if finding.at and isinstance(finding.at[0], str) else []
    for target in (*reversed(ids), *keys, None):
        if _covered(report, finding.rule.id, target) <= accepted:
            return True, target
    return False, None


def _covered(report: Report, rule: str, target: str | None) -> set[str]:
    """The findings of a rule that a waiver with this `at` would hide."""
    from smlint.waiver import by_target

    known = by_target(report.plan, [each for each in report.findings if each.rule.id == rule])
    return set(known.get((rule, target), ()))


def _entry(decision: Decision, finding: Finding, at: str | None, language: str) -> dict[str, str]:
    """One waiver's keys in their order, its reason in the plan's language."""
    entry = {"rule": finding.rule.id}
    if at is not None:
        entry["at"] = at
    dropped = f"{say('value.not-relevant', language)}: {decision.reason}"
    entry["reason"] = dropped if decision.answer == "drop" else decision.reason
    if decision.responsible:
        entry["owner"] = decision.responsible
    if decision.due is not None:
        entry["expires"] = decision.due.isoformat()
    return entry


def _prove(
    name: str, before: Report, text: str, waived: list[Finding], settings: Settings, as_of: date, count: int
) -> None:
    """Judge the new text: exactly the findings that were meant are waived more, and nothing else has changed."""
    after = judge(name, text.encode("utf-8", "surrogatepass"), settings, as_of)
    old, new = dict(before.plan.data), dict(after.plan.data)
    listed = old.pop("waivers", None) or []
    fits = (
        after.score is not None
        and (new.pop("waivers", None) or [])[: len(listed)] == listed
        and old == new
        and after.waivers.keys() == before.waivers.keys() | {finding.id for finding in waived}
        and {finding.id for finding in after.findings} == {finding.id for finding in before.findings}
        and len(after.granted) == len(before.granted) + count
    )
    if not fits:
        raise DecisionError(f"{name} is written in a way that cannot be changed safely; add the waivers by hand")
