"""Ids in a plan: where one is given, and what refers to it."""

from __future__ import annotations

from typing import Any

from lsprotocol.types import Range

from smlint.edit import quoted, scalar
from smlint.fix import items, references
from smlint.guide import topic
from smlint.lsp.document import Document, entry_at
from smlint.plan import Path, reached
from smlint.record import Record
from smlint.shape import LISTS_WITH_IDS
from smlint.words import shown

LISTS = (*LISTS_WITH_IDS, "success_criteria")


class Name(Record):
    """An id and the list in which it is given."""

    kind: str
    id: str


def name_at(document: Document, offset: int) -> Name | None:
    """The id at an offset, where it is given or where it is referred to."""
    entry = entry_at(document, offset)
    if entry is None:
        return None
    path, is_key = entry
    plan = document.report.plan
    if is_key:
        about = topic(path[:-1])
        kinds = about.refs if about is not None and path[-1] not in about.keys else ()
        said: object = path[-1]
    else:
        about = topic(path) or (topic(path[:-1]) if isinstance(path[-1], int) else None)
        mark = plan.mark(path)
        said = reached(document.report.plan.data, path) if mark else None
        if path[-1] == "id" and len(path) > 2 and path[-3] in LISTS:
            return Name(str(path[-3]), said) if isinstance(said, str) else None
        holder = topic(path[:-1]) if isinstance(path[-1], int) else None
        kinds = (about.refs if about else ()) or (holder.refs if holder else ())
        if path[:1] == ("waivers",) and path[-1] == "at":
            kinds = LISTS
    if not isinstance(said, str):
        return None
    return next((Name(kind, said) for kind in kinds if kind in LISTS and given(document, Name(kind, said))), None)


def given(document: Document, name: Name) -> list[Path]:
    """The paths of the items that have an id."""
    return [path for path, item in items(document.report.plan.data, name.kind) if item.get("id") == name.id]


def meant(item: dict[str, Any]) -> str:
    """What an item says of itself, in a line."""
    keys = ("statement", "title", "name", "description", "metric", "platform")
    return shown(str(next((item[key] for key in keys if item.get(key)), "")), 80)


def definitions(document: Document, name: Name) -> list[Range]:
    """Where an id is given."""
    return [spot for path in given(document, name) if (spot := _range(document, (*path, "id")))]


def uses(document: Document, name: Name) -> list[Range]:
    """Where an id is referred to."""
    found = references(document.report.plan.data, name.kind, name.id)
    return [spot for path in found if (spot := _range(document, path, name.id))]


def _range(document: Document, path: Path, key: str | None = None) -> Range | None:
    """The range of the value at a path; of the key where the key is the id."""
    mark = document.report.plan.mark(path)
    if mark is None or not document.report.plan.has(path):
        return None
    about = topic(path[:-1])
    of_key = key is not None and path[-1] == key and about is not None and key not in about.keys
    start, end = (mark.key, mark.key_end) if of_key else (mark.start, mark.end)
    return document.lines.range(start + document.shift, end + document.shift)


def renamed(document: Document, name: Name, new: str) -> list[tuple[Range, str]]:
    """The edits that give an id another name everywhere."""
    text = document.text
    edits = []
    for spot in [*definitions(document, name), *uses(document, name)]:
        start = document.lines.offset(spot.start)
        edits.append((spot, quoted(new) if text[start : start + 1] in "\"'" else scalar(new)))
    return edits
