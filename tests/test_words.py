"""Sentences in two languages: the same holes in both, figures as each language writes them, nothing that acts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smlint.words import (
    LANGUAGES,
    Choice,
    Code,
    Measure,
    Percent,
    Speller,
    Word,
    figure,
    fill,
    folded,
    holes,
    listed,
    rounded,
    safe,
    say,
    sentences,
    shown,
    written,
)


def texts(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """All texts of words.yaml with their dotted names."""
    if isinstance(node, dict) and set(node) & set(LANGUAGES):
        yield path, node
    if isinstance(node, dict):
        for key, inner in node.items():
            if key not in (*LANGUAGES, "severity", "stops"):
                yield from texts(inner, f"{path}.{key}".lstrip("."))
    else:
        raise AssertionError(f"{path} is not in two languages")


TEXTS = dict(texts(sentences()))


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_exists_in_every_language_with_the_same_holes(name: str) -> None:
    text = TEXTS[name]
    for language in LANGUAGES:
        assert isinstance(text[language], str)
        assert text[language].strip()
        assert "{" not in re.sub(r"\{\w+\}", "", text[language])
        assert "}" not in re.sub(r"\{\w+\}", "", text[language])
    assert holes(text["en"]) == holes(text["nb"])


def test_norwegian_is_norwegian() -> None:
    for name, text in TEXTS.items():
        assert not set('“”"‘’') & set(text["nb"]), f"{name}: Norwegian quotes are «»"
        prose = re.sub("`[^`]*`", "", text["nb"])
        assert not re.search(r"\b(ikke ikke|utgangspunkt|the|baseline)\b", prose), name
        assert not re.search(r"\d,\d{3}", text["nb"]), name


def test_messages_and_advice_are_sentences() -> None:
    for name, text in TEXTS.items():
        if name.startswith("diagnostics."):
            for language in LANGUAGES:
                assert text[language].removesuffix("{hint}")[-1] in ".?", (name, language)


def test_an_unknown_sentence_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("no.such.sentence", "en")


# --- figures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "en", "nb"),
    [
        (0, "0", "0"),
        (7, "7", "7"),
        (999, "999", "999"),
        (1000, "1,000", "1\u00a0000"),
        (Fraction(3280001, 2), "1,640,000.5", "1\u00a0640\u00a0000,5"),
        (-1, "-1", "\u22121"),
        (Fraction(-3280001, 2), "-1,640,000.5", "\u22121\u00a0640\u00a0000,5"),
        (Fraction(1, 3), "0.33", "0,33"),
        (Fraction(2, 3), "0.67", "0,67"),
        (Fraction(5, 1000), "0.01", "0,01"),
        (Fraction(4, 1000), "0", "0"),
        (Fraction(-4, 1000), "0", "0"),
        (Fraction(-5, 1000), "-0.01", "\u22120,01"),
        (Fraction(2675, 1000), "2.68", "2,68"),
        (Fraction(1005, 1000), "1.01", "1,01"),
        (Fraction(99999, 1000), "100", "100"),
        (100, "100", "100"),
        (10**15 - 1, "999,999,999,999,999", "999\u00a0999\u00a0999\u00a0999\u00a0999"),
    ],
)
def test_figures(value: int | Fraction, en: str, nb: str) -> None:
    assert (en, nb) == (figure(value, "en"), figure(value, "nb"))
    assert (en, nb) == (written(value, "en"), written(value, "nb"))


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (Fraction(1, 2), 0, "1"), (Fraction(-1, 2), 0, "-1"), (Fraction(5, 2), 0, "3"), (Fraction(1, 20), 1, "0.1"),
        (Fraction(9996, 100), 1, "100.0"), (Fraction(9994, 100), 1, "99.9"), (3, 2, "3.00"), (0, 1, "0.0"),
        (Fraction(-1, 100), 1, "0.0"), (Fraction(1, 3), 40, "0." + "3" * 40), (10**30, 2, "1" + "0" * 30 + ".00"),
        (Fraction(10**20, 3), 20, "3" * 20 + "." + "3" * 20),
    ],
)  # fmt: skip
def test_rounding_is_half_up_and_exact(value: int | Fraction, decimals: int, expected: str) -> None:
    assert expected == f"{rounded(value, decimals):f}"


@settings(derandomize=True, deadline=None)
@given(st.fractions(), st.integers(0, 30))
def test_rounding_is_never_off_by_more_than_a_half(value: Fraction, decimals: int) -> None:
    actual = Fraction(rounded(value, decimals))
    half = Fraction(1, 2) / 10**decimals
    assert abs(actual - value) <= half
    if abs(actual - value) == half:
        assert abs(actual) > abs(value)


# --- values in sentences ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "en", "nb"),
    [
        (None, "not stated", "ikke oppgitt"),
        ([], "none", "ingenting"),
        (["a"], "a", "a"),
        (["a", "b"], "a and b", "a og b"),
        ([Code("a"), "b", 1000], "`a`, b and 1,000", "`a`, b og 1\u00a0000"),
        (Choice(("a", "b", "c")), "a, b or c", "a, b eller c"),
        (Choice(("a",)), "a", "a"),
        (True, "`true`", "`true`"),
        (False, "`false`", "`false`"),
        (Percent(Fraction(25, 2)), "12.5 %", "12,5 %"),
        (Percent(None), "not stated", "ikke oppgitt"),
        (Measure(1000, "NOK"), "1,000 NOK", "1\u00a0000 NOK"),
        (Measure(None, "NOK"), "not stated", "ikke oppgitt"),
        (Decimal("1234.50"), "1,234.50", "1\u00a0234,50"),
        (Word("type.array"), "a list", "en liste"),
        (Word("number.goals", {"n": 1000}), "Goal no. 1,000", "Mål nr. 1\u00a0000"),
        ({"en": "yes", "nb": "ja"}, "yes", "ja"),
        ("2027-06-30", "2027-06-30", "2027-06-30"),
        ("{key} %s", "{key} %s", "{key} %s"),
    ],
)
def test_values_as_a_reader_expects_them(value: Any, en: str, nb: str) -> None:
    assert (en, nb) == (written(value, "en"), written(value, "nb"))


def test_filling_is_not_done_twice() -> None:
    assert "a {b} c not stated" == fill("a {x} c {missing}", "en", {"x": "{b}", "b": "no"})
    assert {"x", "y_1"} == holes("{x} { } {y_1} {} {not this}")


def test_lists_in_prose() -> None:
    assert "a, b og c" == listed(["a", "b", "c"], "nb")
    assert "a or b" == listed(["a", "b"], "en", "value.or")


# --- nothing that acts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Blåbærsyltetøy ✓ 日本語 🙂", "Blåbærsyltetøy ✓ 日本語 🙂"),
        ("a\tb", "a b"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x07\x00\x7f\x9b", r"\x07\x00\x7f\x9b"),
        ("a\nb\rc", r"a\x0ab\x0dc"),
        ("\u202edrow\u202c", r"\u202edrow\u202c"),
        ("\u2066\u2069\u200f\u061c", r"\u2066\u2069\u200f\u061c"),
        ("\ufeffx\u2028y", r"\ufeffx\u2028y"),
        ("\ud800", r"\ud800"),
    ],
)
def test_safe(text: str, expected: str) -> None:
    assert expected == safe(text)
    assert expected == safe(safe(text))
    safe(text).encode()


@settings(derandomize=True, deadline=None)
@given(st.text())
def test_what_is_shown_is_one_line_of_bounded_length(text: str) -> None:
    line = shown(text, 40)
    assert len(line) <= 40
    assert 1 >= len(line.splitlines())
    assert line == safe(line)


def test_shown_cuts_and_folds() -> None:
    assert "a b c" == shown("  a\n b \t c ")
    assert "x" * 40 == shown("x" * 40, 40)
    assert "x" * 39 + "…" == shown("x" * 41, 40)
    assert "xxxx…" == shown("xxxx yyyy", 6)
    assert "`a b`" == written(Code("a\nb"), "en")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("  All\n Staff ", "all staff", True), ("Straße", "STRASSE", True), ("e\u0301", "é", True), ("a", "b", False),
        ("allstaff", "all staff", False), ("Å", "A\u030a", True), ("\u00a0x\u2003y", "X Y", True),
    ],
)  # fmt: skip
def test_text_made_comparable(one: str, other: str, same: bool) -> None:
    assert same == (folded(one) == folded(other))


# --- spelling -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("objetives", "objectives"), ("GOALS", "goals"), (" goals ", "goals"), ("goal", "goals"), ("x", None),
        ("", None), ("stop criteria", "stop_criteria"), ("o" * 61, None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("more", [0, 197, 198])  # beyond what is kept in mind
def test_the_nearest_name(word: str, expected: str | None, more: int) -> None:
    known = ["goals", "objectives", "stop_criteria", *(f"~{number}" for number in range(more))]
    assert [expected] * 3 == [Speller().nearest(word, known) for _ in range(3)]


@example("abcdefg", ["abcdefgxyzxyz"])  # 0.7 alike, exactly
@example("abcdefgxyzxyz", ["abcdefg"])
@given(st.text("abAB é", max_size=8), st.lists(st.text("abAB é", min_size=1, max_size=8), max_size=5))
def test_no_name_that_comes_near_is_passed_over(word: str, known: list[str]) -> None:
    """Names without letters enough in common are not compared; nothing else may come of that."""
    same = [name for name in known if folded(name) == folded(word)]
    nearest = [*same, *get_close_matches(word, known, 1, 0.7), None]
    assert Speller().nearest(word, known) == nearest[0]


def test_a_speller_gives_up() -> None:
    speller = Speller(comparisons=5)
    assert ["goals", "goals", None, None] == [speller.nearest("goal", ["goals", "x"]) for _ in range(4)]
