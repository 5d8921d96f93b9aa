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
    fields, required, fault_of = given["fields"], given.get("required"), fault(given)
    asks = [all_of(field) for field in fields]

    def check(spot: Spot, view: View) -> Verdict:
        texts = [value for ask in asks for value in ask(spot, view) if isinstance(value, str)]
        if required and not texts:
            return Fail({"value": None}, (key_of(fields[0]),), view.path(spot, fields[0]))
        for index, text in enumerate(texts):
            said = fault_of(text, view)
            if said is not None:
                paths = [path for field in fields for path, v in view.located(spot, field) if isinstance(v, str)]
                return Fail({"value": said}, (key_of(stem(fields[0])),), paths[index])
        return None

    return check


def fault(given: dict[str, Any]) -> Callable[[str, View], str | None]:
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
    plain = tuple(word for word in words if not is_expression(word))
    expressions = [word[1:-1] for word in words if is_expression(word)]
    may_stand_in = _glance(plain)

    def within(text: str) -> str | None:
        text = _composed(text)
        if may_stand_in(text):  # most have none
            found = _expression(plain).search(text)
            if found:
                return found[0]
        return next((said for each in expressions if (said := search(each, text)) is not None), None)

    return within


def _glance(words: tuple[str, ...]) -> Callable[[str], bool]:
    """Whether one of the words may stand in a text: far faster than to look for them.

    First their beginnings are looked for, then, where they are words of their own, among the words of the text.
    """
    as_written = {_beginning(word) for word in words if word.isupper()}
    in_any_case = {_small(_beginning(word)) for word in words if not word.isupper()}
    whole = {_small(_beginning(word)) for word in words if _begins_with_word(word)}
    parts = [_small(_beginning(word)) for word in words if not _begins_with_word(word)]

    def may_stand_in(text: str) -> bool:
        small = _small(text)
        if not any(map(text.__contains__, as_written)) and not any(map(small.__contains__, in_any_case)):
            return False
        return not whole.isdisjoint(_WORD.findall(small)) or any(map(small.__contains__, parts))

    return may_stand_in


_WORD = expression_of(r"\w+")


def _beginning(word: str) -> str:
    """The letters that a word begins with, as far as they are plain."""
    found = re.match("[A-Za-z0-9]*", _composed(word))
    return found[0] if found else ""


def _begins_with_word(word: str) -> bool:
    """Whether its plain beginning is a word of its own, and not the beginning of one."""
    begins = _beginning(word)
    rest = _composed(word)[len(begins) :]
    return bool(begins) and (not rest or (_WORD.match(rest) is None and bool(rest.strip("*"))))


def _small(text: str) -> str:
    """A text in small letters, with a plain one wherever an expression without regard to case takes one for it."""
    if text.isascii():
        return text.lower()
    return text.replace("\u0130", "i").replace("\u0131", "i").replace("\u017f", "s").lower()


def is_expression(word: str) -> bool:
    """Whether a word of a list is a regular expression: /tek(st|ster)/."""
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
    if not ids.isdisjoint(_WORD.findall(text)):  # most ids are one word
        return True
    words = [found.span() for found in _WORD.finditer(text)]
    return any(text[start:end] in ids for index, (start, _) in enumerate(words) for _, end in words[index : index + 8])
