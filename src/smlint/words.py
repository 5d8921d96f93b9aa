"""One text in every language: looks sentences up in words.yaml and writes values into them for a reader."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from smlint.ahead import facts
from smlint.bundled import HERE
from smlint.files import File
from smlint.pattern import pattern
from smlint.plan import read_document
from smlint.record import Record

LANGUAGES = ("en", "nb")
_learnt: set[File] = set()
LONGEST = 120  # characters of a plan's own text that a sentence repeats

_HOLE = pattern(r"\{(\w+)\}")
# Control characters and bidirectional overrides: never let a plan's text act on the reader's screen.
_UNSAFE = pattern("[\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


class Code(str):
    """A key or an enum value: set in backticks and never translated."""

    __slots__ = ()


class Choice(tuple[Any, ...]):
    """Alternatives, joined as in prose: "a, b or c"."""

    __slots__ = ()


class Word(Record):
    """A sentence or term of words.yaml, put into words when the language is known."""

    key: str
    values: dict[str, Any] = {}


class Percent(Record):
    """A number of percent, shown with its sign; a missing one is "not stated" without it."""

    value: int | Fraction | None


class Measure(Record):
    """A number with its unit: text such as NOK, or a Word; a missing one is "not stated" without it."""

    value: int | Fraction | None
    unit: str | Word | None


@cache
def sentences() -> dict[str, Any]:
    """All of words.yaml."""
    found: dict[str, Any] | None = facts("words")
    return read_sentences() if found is None else dict(found)  # `learn` adds to it


def read_sentences() -> dict[str, Any]:
    """All of words.yaml, from the file."""
    document = read_document("words.yaml", (HERE / "words.yaml").read_bytes())
    if document.fault:
        raise ValueError(f"words.yaml: {document.fault}")
    return dict(document.data)


def learn(file: File) -> None:
    """Add the sentences of another file, section by section: what only some commands say need not be read by all."""
    if file in _learnt:
        return
    document = read_document(file.name, file.read_bytes())
    if document.fault or sentences().keys() & document.data.keys():
        raise ValueError(f"{file.name}: {document.fault or 'a section that exists already'}")
    sentences().update(document.data)
    _learnt.add(file)


def say(key: str, language: str, /, **values: Any) -> str:
    """The sentence `key` (dotted: "gate.open") in a language, with its holes filled."""
    return fill(_sentence(key)[language], language, values)


@cache
def _sentence(key: str) -> dict[str, str]:
    """A sentence in all languages."""
    found: Any = sentences()
    for part in key.split("."):
        found = found[part]
    return found  # type: ignore[no-any-return]


def fill(template: str, language: str, values: Mapping[str, Any]) -> str:
    """Write values into the `{holes}` of a template; a value that is not there reads "not stated"."""
    parts = _parts(template)
    if len(parts) == 3:  # as most have it: one hole
        return f"{parts[0]}{written(values.get(parts[1]), language)}{parts[2]}"
    return "".join([written(values.get(part), language) if at % 2 else part for at, part in enumerate(parts)])


@lru_cache(2048)  # there are some hundred templates, and thousands of findings
def _parts(template: str) -> tuple[str, ...]:
    """What stands before the first hole, its name, what stands between it and the next, and so on."""
    return tuple(_HOLE.split(template))


def holes(template: str) -> set[str]:
    """The names of the values that a template asks for."""
    return set(_HOLE.findall(template))


def written(value: Any, language: str) -> str:
    """One value as a reader of `language` expects it."""
    if isinstance(value, str):
        return f"`{shown(value)}`" if isinstance(value, Code) else shown(value)
    if isinstance(value, Word):
        return fill(_sentence(value.key)[language], language, value.values)
    if value is None:
        return say("value.missing", language)
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int):
        return separated(f"{value:,}", language)
    if isinstance(value, Percent):
        return written(value.value, language) + (" %" if value.value is not None else "")
    if isinstance(value, Measure):
        unit = f" {written(value.unit, language)}" if value.value is not None and value.unit is not None else ""
        return written(value.value, language) + unit
    if isinstance(value, dict):
        return str(value[language])
    if isinstance(value, list | tuple):
        joint = "value.or" if isinstance(value, Choice) else "value.and"
        return listed([written(item, language) for item in value], language, joint)
    if isinstance(value, Decimal):  # rounded already: show every decimal
        return separated(f"{value:,}", language)
    if isinstance(value, Fraction):
        return figure(value, language)
    return shown(str(value))


def listed(texts: Sequence[str], language: str, joint: str = "value.and") -> str:
    """Texts joined as in prose: "a, b and c"."""
    if not texts:
        return say("value.none", language)
    if len(texts) == 1:
        return texts[0]
    return f"{', '.join(texts[:-1])} {say(joint, language)} {texts[-1]}"


def figure(value: int | Fraction, language: str, decimals: int = 2) -> str:
    """A number with the language's separators, rounded half up; trailing zeros are left out."""
    number = rounded(value, decimals)
    text = f"{number:,.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return separated(text, language)


def separated(text: str, language: str) -> str:
    """An English figure (1,234.5) with the separators of a language."""
    return text.translate({44: "\u00a0", 46: ",", 45: "\u2212"}) if language == "nb" else text


def rounded(value: int | Fraction, decimals: int) -> Decimal:
    """A fraction rounded half up (away from zero) to a number of decimals, exactly, however many digits that takes."""
    scaled = abs(Fraction(value)) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    digits = tuple(int(digit) for digit in str(whole))
    return Decimal((1 if value < 0 < whole else 0, digits, -decimals))


def shown(text: str, longest: int = LONGEST) -> str:
    """A text from outside, safe to show on one line: white space folded, controls made visible, cut when long."""
    if text.isprintable() and len(text) <= longest and "  " not in text and text == text.strip():
        return text  # as most are; the only white space that Python prints is a blank
    text = safe(" ".join(text.split()))
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def safe(text: str) -> str:
    """Text with control characters and bidirectional overrides written out, e.g. \\x1b; tabs become a space."""
    return text if text.isprintable() else _UNSAFE.sub(_written_out, text)  # Python prints none of them


def _written_out(bad: re.Match[str]) -> str:
    code = ord(bad[0])
    return " " if bad[0] == "\t" else f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def folded(text: str) -> str:
    """Text made comparable: Unicode NFC, trimmed, inner white space as one space, case folded."""
    if not text.isascii():
        import unicodedata

        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split()).casefold()


class Speller:
    """Finds the known name that an author most likely meant.

    Comparing is the one slow thing about a typing error, so a speller gives up after so many comparisons: a file with
    thousands of errors has other needs.
    """

    __slots__ = ("left",)

    def __init__(self, comparisons: int = 20_000) -> None:
        self.left = comparisons

    def nearest(self, word: str, known: Collection[str]) -> str | None:
        """The name that differs in case or little else; None when nothing comes near."""
        self.left -= len(known)
        if not known or self.left < 0 or len(word) > 60:
            return None
        return _nearest(word, tuple(known)) if len(known) <= _VOCABULARY else _nearest.__wrapped__(word, known)


_VOCABULARY = 200  # names: more than the format has in one place
_folded = lru_cache(512)(folded)  # most known names are those of the format


@lru_cache(256)  # the same slip of the pen comes back in plan after plan, and in the state before a change
def _nearest(word: str, known: Collection[str]) -> str | None:
    """The name that is the same but for its case or blanks, else the nearest, if one is near enough."""
    meant = folded(word)
    same = next((name for name in known if _folded(name) == meant), None)
    names = [name for name in known if _may_be_near(word, name)] if same is None else []
    if not names:
        return same
    from difflib import get_close_matches  # 3 ms

    return next(iter(get_close_matches(word, names, 1, 0.7)), None)


def _may_be_near(word: str, name: str) -> bool:
    """Whether two words have letters enough in common to be 0.7 alike: twice those, of the letters of both."""
    common = sum(map(set(name).__contains__, word))
    return 20 * min(common, len(name)) >= 7 * (len(word) + len(name))
