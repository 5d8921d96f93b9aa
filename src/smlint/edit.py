"""Changes to the text of a plan: everything that is not meant stays as it was written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from smlint.pattern import pattern
from smlint.plan import Mark, Plan
from smlint.record import Record

_PLAIN = pattern(r"(?!(?:true|false|null|y|n|yes|no|on|off)$)[a-z][a-z0-9_-]*|[A-Z][0-9]+")  # needs no quotes


class Edit(Record):
    """Put `text` in place of what stands from `start` to `end`, offsets of the plan's text in code points."""

    start: int
    end: int
    text: str


def edited(text: str, edits: Iterable[Edit]) -> str:
    """A text with edits that do not overlap; of those that insert at one place, the first comes first."""
    parts, at = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        if edit.start < at:
            raise ValueError("edits overlap")
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


def newline(text: str) -> str:
    """How the lines of a text end."""
    return "\r\n" if "\r\n" in text else "\n"


def plain(value: str) -> bool:
    """Whether an id or a key of an enum may stand without quotes, in every YAML."""
    return _PLAIN.fullmatch(value) is not None


def quoted(value: str) -> str:
    """A text in double quotes, which YAML and JSON read alike."""
    return json.dumps(value, ensure_ascii=False)


def scalar(value: str) -> str:
    """A text as a value: quoted unless it is an id that needs no quotes."""
    return value if plain(value) else quoted(value)


def line_start(text: str, at: int) -> int:
    """Where the line of an offset begins."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Where the line after an offset's begins; the end of the text on its last line."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


# --- waivers ------------------------------------------------------------------------------------------------------


def waiver_edit(plan: Plan, entries: Sequence[dict[str, str]]) -> Edit:
    """The edit that adds waivers, each a map of keys in their order."""
    text, mark = plan.text, plan.mark(("waivers",))
    ending = newline(text)
    if mark is None and text.lstrip().startswith("{"):
        close = text.rstrip().rindex("}")
        last = len(text[:close].rstrip())
        comma = "" if text[:last].endswith(("{", ",")) else ","
        return Edit(last, last, f'{comma} "waivers": [{", ".join(map(_flow, entries))}]')
    if mark is None:
        lead = "" if text.endswith("\n") else ending
        return Edit(len(text), len(text), f"{lead}waivers:{ending}{_block(entries, '  ', ending)}")
    items = [Mark.of(item) for item in mark.inside or ()]
    if text[mark.start : mark.start + 1] == "[":
        last = len(text[: mark.end - 1].rstrip())
        comma = "" if text[:last].endswith(("[", ",")) else ", "
        return Edit(last, last, comma + ", ".join(map(_flow, entries)))
    dash = text[: items[0].start].rindex("-") if items else 0
    indent = text[line_start(text, dash) : dash] if items else "  "
    at = line_end(text, len(text[: items[-1].end if items else mark.key_end].rstrip()))
    lead = "" if text[:at].endswith("\n") else ending
    return Edit(at, at, lead + _block(entries, indent, ending))


def _block(entries: Iterable[dict[str, str]], indent: str, ending: str) -> str:
    lines = []
    for entry in entries:
        for number, (key, value) in enumerate(entry.items()):
            lines.append(f"{indent}{'  ' if number else '- '}{key}: {_value(key, value)}")
    return "".join(line + ending for line in lines)


def _value(key: str, value: str) -> str:
    return value if key in ("rule", "expires") or (key == "at" and plain(value)) else quoted(value)


def _flow(entry: dict[str, str]) -> str:
    return json.dumps(entry, ensure_ascii=False)
