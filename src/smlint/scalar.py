"""What an untagged or tagged YAML scalar means: the core schema of YAML 1.2, with exact numbers."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

from smlint.pattern import pattern

Number = int | Fraction
NUMBERS = frozenset((int, Fraction))

LIMIT_DIGITS, LIMIT_DECIMALS = 15, 6  # a number is below 10^15 and has at most 6 decimals

_WORDS: dict[str, Any] = dict.fromkeys(("", "~", "null", "Null", "NULL"))
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(("false", "False", "FALSE"), False)
_NUMBER = pattern(r"([-+]?)(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?(?:[eE]([-+]?)([0-9]+))?")
_BASED = pattern(r"0o([0-7]+)|0x([0-9a-fA-F]+)")
_NOT_FINITE = pattern(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_CORE = "tag:yaml.org,2002:"

_LETTERS = frozenset("~nNtTfF")  # that the words begin with
MAY_MEAN_MORE = _LETTERS | frozenset(["", *"0123456789+-."])  # a plain scalar that begins otherwise is text


class OutOfRange(str):
    """A number that is not finite, reaches 10^15 or has more than 6 decimals: kept as its text."""

    __slots__ = ()


def meaning(text: str) -> Any:
    """The value of a plain scalar: None, a boolean, a number, or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _LETTERS:
        return text
    if text.isdigit() and len(text) < LIMIT_DIGITS and text.isascii():
        return int(text)
    if text[4:8:3] == "--":  # a date, most often: no number has two signs there
        return text
    value = number(text)
    return text if value is None else value


@lru_cache(1024)  # plans repeat their dates, times and amounts
def number(text: str) -> Number | OutOfRange | None:
    """The exact value of a YAML 1.2 number, OutOfRange beyond 10^15 or 6 decimals, None when it is no number.

    Size is decided on the text, so that 1e999999999 costs nothing.
    """
    found = _NUMBER.fullmatch(text)
    if found is None:
        if text[:1] == "0":
            return _based(text)
        return OutOfRange(text) if _NOT_FINITE.fullmatch(text) else None
    sign, whole, decimals, exponent_sign, exponent = found.groups("")
    written = (whole + decimals).lstrip("0")
    digits = written.rstrip("0")
    if not digits:
        return 0
    exponent = exponent.lstrip("0") or "0"
    if len(exponent) > 9:  # no file is long enough to make up for it with zeros
        return OutOfRange(text)
    power = int(exponent_sign + exponent) - len(decimals) + len(written) - len(digits)
    if len(digits) + power > LIMIT_DIGITS or power < -LIMIT_DECIMALS:
        return OutOfRange(text)
    value = int(sign + digits)
    return value * 10**power if power >= 0 else Fraction(value, 10**-power)


def _based(text: str) -> int | OutOfRange | None:
    """The value of an octal (0o17) or hexadecimal (0x1F) number."""
    found = _BASED.fullmatch(text)
    if found is None:
        return None
    octal, hexadecimal = found.groups("")
    digits = (octal or hexadecimal).lstrip("0") or "0"
    value = int(digits, 8 if octal else 16) if len(digits) < 20 else 10**LIMIT_DIGITS
    return value if value < 10**LIMIT_DIGITS else OutOfRange(text)


def is_number(value: Any) -> bool:
    """A number of a plan, and not true or false. By its very type: rules ask this all the time."""
    return type(value) in NUMBERS


def tagged(tag: str, text: str) -> Any:
    """The value of a scalar with an explicit core tag. Raises ValueError when the tag is another, or does not fit."""
    kind = tag.removeprefix(_CORE) if tag.startswith(_CORE) else None
    if kind == "str":
        return text
    value = meaning(text)
    numeric = is_number(value) or isinstance(value, OutOfRange)
    fits = {
        "null": value is None,
        "bool": isinstance(value, bool),
        "int": numeric and not isinstance(value, Fraction),
        "float": numeric,
    }
    if not fits.get(kind or "", False):
        raise ValueError(tag)
    return value


def fits_collection(tag: str | None, is_map: bool) -> bool:
    """Whether a map or list may carry this tag: none, the non-specific one, or its own."""
    return tag in (None, "!", _CORE + ("map" if is_map else "seq"))
