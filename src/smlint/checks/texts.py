"""The verb `pattern`: what stands in texts, and what does not."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from smlint.checks.verdict import (
    Check,
    Fail,
    OptionError,
    Prepared,
    Verdict,
    all_of,
    folded_words,
    key_of,
    options,
    stem,
)
from smlint.expression import search
from smlint.pattern import pattern as expression_of
from smlint.profile import View
from smlint.spot import Spot
from smlint.words import folded


@Prepared
def pattern(given: Any) -> Check:
    """The texts match, or do not.

    `fields` (queries); `forbid` or `require` (words: whole words in any case, `*` for any ending, all capitals as
    written; or a regular expression between slashes); `whole` (the whole text, punctuation at the ends ignored);
    `ids_of` (require an id that this query selects, as a whole word); `required` (a missing text fails).
    """
    options(given, "fields forbid require whole ids_of required", "fields")
    if len(given.keys() & {"forbid", "require", "ids_of"}) != 1:
        raise OptionError("pattern needs one of forbid, require and ids_of")
    fields, required, fault = given["fields"], given.get("required"), _fault(given)
    asks = [all_of(field) for field in fields]

    def check(spot: Spot, view: View) -> Verdict:
        texts = [value for ask in asks for value in ask(spot, view) if isinstance(value, str)]
        if required and not texts:
            return Fail({"value": None}, (key_of(fields[0]),), view.path(spot, fields[0]))
        for index, text in enumerate(texts):
            said = fault(text, view)
            if said is not None:
                paths = [path for field in fields for path, v in view.located(spot, field) if isinstance(v, str)]
                return Fail({"value": said}, (key_of(stem(fields[0])),), paths[index])
        return None

    return check


def _fault(given: dict[str, Any]) -> Callable[[str, View], str | None]:
    """What a message quotes of a text that is not as it should be; None when it is."""
    if "ids_of" in given:
        return lambda text, view: None if _names_one(text, view.ids(given["ids_of"])) else text
    forbidden, words = "forbid" in given, tuple(given.get("forbid") or given.get("require") or ())
    find = _wholly(words) if given.get("whole") else _within(words)
    if forbidden:
        return lambda text, view: find(text)
    return lambda text, view: text if find(text) is None else None


def _wholly(words: tuple[str, ...]) -> Callable[[str], str | None]:
    """A question about a text: the text itself when it is one of the words and no more."""
    known = folded_words(words)
    return lambda text: text if folded(_bare(text)) in known else None


# Possessive: a run of punctuation is looked at once, however long it is and however many there are.
_BARE = expression_of(r"[\W_]*+((?:[^\W_]++|[\W_]++(?=[^\W_]))*+)")


def _bare(text: str) -> str:
    """A text without the punctuation at its ends."""
    found = _BARE.match(text)
    return found[1] if found else text


def _within(words: tuple[str, ...]) -> Callable[[str], str | None]:
    """A question about a text: the first word or expression of a list that stands in it, as it is written there."""
    plain = tuple(word for word in words if not _is_expression(word))
    expressions = [word[1:-1] for word in words if _is_expression(word)]
    beginnings = [_beginning(word) for word in plain]

    def within(text: str) -> str | None:
        text = _composed(text)
        if not text.isascii() or any(map(text.lower().__contains__, beginnings)):  # most have none
            found = _expression(plain).search(text)
            if found:
                return found[0]
        return next((said for each in expressions if (said := search(each, text)) is not None), None)

    return within


def _beginning(word: str) -> str:
    """Letters that an ASCII text must have, in small, for a word to stand in it: far faster to look for."""
    found = re.match("[a-z0-9]*", word.lower())
    return found[0] if found and word.isascii() else ""


def _is_expression(word: str) -> bool:
    return len(word) > 2 and word.startswith("/") and word.endswith("/")


def _composed(text: str) -> str:
    if text.isascii():
        return text
    from unicodedata import normalize

    return normalize("NFC", text)


@cache
def _expression(words: tuple[str, ...]) -> re.Pattern[str]:
    """One regular expression for a list of words."""
    parts = []
    for word in words:
        ending = r"\w*" if word.endswith("*") else r"(?!\w)"
        body = r"\s+".join(map(re.escape, _composed(word).rstrip("*").split()))
        flag = "" if word.isupper() else "i"
        parts.append(rf"(?<!\w)(?{flag}:{body}){ending}")
    return re.compile("|".join(parts) or r"(?!)")


def _names_one(text: str, ids: frozenset[str]) -> bool:
    """Whether an id stands in a text as a whole word, or as words joined by punctuation.

    At most eight words are joined, so that the work grows with the text.
    """
    words = list(re.finditer(r"\w+", text))
    return any(
        text[first.start() : last.end()] in ids
        for index, first in enumerate(words)
        for last in words[index : index + 8]
    )
