"""Text from outside in Markdown: never HTML, a link, an image, a mention or a new cell."""

from __future__ import annotations

import re

from smlint.pattern import pattern
from smlint.words import safe

_CODE = pattern(r"`([^`]+)`")
_MEANS_SOMETHING = pattern(r"([\\`*_\[\]<>|~!$&])")
_LINKS_BY_ITSELF = pattern(r"@(?=\w)|://|(?<=www)\.|#(?=\d)", re.IGNORECASE)
_WORD_JOINER = "\u2060"  # no width, no break: what looks like a link or a mention is none any more


def cell(text: str) -> str:
    """Text as it stands on one line of Markdown, in a table or outside; `code` stays code, where nothing has a
    meaning but the end of a cell."""
    text = safe(" ".join(text.split()))
    parts, end = [], 0
    for code in _CODE.finditer(text):
        parts += [_escaped(text[end : code.start()]), "`", code[1].replace("|", "\\|"), "`"]
        end = code.end()
    return "".join([*parts, _escaped(text[end:])])


def _escaped(text: str) -> str:
    text = _MEANS_SOMETHING.sub(r"\\\1", text)
    return _LINKS_BY_ITSELF.sub(lambda match: match[0][0] + _WORD_JOINER + match[0][1:], text)
