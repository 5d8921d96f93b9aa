"""What people write: dates, numbers, answers, hours; what is in doubt is not read."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smlint import local
from smlint.hours import staffed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.2.2027", "2027-02-01"),
        ("01.02.2027", "2027-02-01"),
        ("1. 2. 2027", "2027-02-01"),
        ("2027-2-1", "2027-02-01"),
        ("2027/02/01", "2027-02-01"),
        ("20270201", "2027-02-01"),
        ("1. februar 2027", "2027-02-01"),
        ("1 Feb 2027", "2027-02-01"),
        ("February 1, 2027", "2027-02-01"),
        ("1st of May 2027", "2027-05-01"),
        ("17. mai 2027", "2027-05-17"),
        ("31.12.2028", "2028-12-31"),
        ("13/2/2027", "2027-02-13"),
        ("2/13/2027", "2027-02-13"),
        ("5/5/2027", "2027-05-05"),
        ("1/2/2027", None),
        ("29.2.2027", None),
        ("1.2.27", None),
        ("1.13.2027", None),
        ("Q1 2027", None),
        ("februar 2027", None),
        ("", None),
        ("0.0.0000", None),
        ("1. foo 2027", None),
    ],
)
def test_dates(text: str, expected: str | None) -> None:
    assert local.day(text) == expected


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_date_is_read_as_norway_writes_it(day: date) -> None:
    assert local.day(f"{day.day}.{day.month}.{day.year}") == day.isoformat()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 200 000 kr", "1200000"),
        ("1\u00a0200\u00a0000", "1200000"),
        ("kr 1 200 000,-", "1200000"),
        ("1.200.000", "1200000"),
        ("1,200,000", "1200000"),
        ("12,5", "12.5"),
        ("40 %", "40"),
        ("40%", "40"),
        ("12,5 %", "12.5"),
        ("1 234,50", "1234.50"),
        ("300 timer", "300"),
        ("300 hours", "300"),
        ("300", "300"),
        ("3.5", "3.5"),
        ("-5", "-5"),
        ("\u22125", "-5"),
        ("1'200'000", "1200000"),
        ("120 NOK", "120"),
        ("1 200", "1200"),
        ("1,200", None),
        ("120 EUR", None),
        ("about 5", None),
        ("", None),
        ("kr", None),
        ("12 34", None),
        ("1 2000", None),
        ("٣", None),
        ("1e5", None),
        ("999999999999999", "999999999999999"),
        ("1 000 000 000 000 000", None),  # more than a plan can hold
        ("1" * 200, None),
        ("1.234567", "1.234567"),
        ("1.2345678", None),
        ("1" * 10 + " " * 200 + "2", None),
    ],
)
def test_amounts(text: str, expected: str | None) -> None:
    assert local.amount(text, "NOK") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ja", True),
        ("Yes", True),
        ("on", True),
        ("nei", False),
        ("No", False),
        ("off", False),
        ("kanskje", None),
        ("", None),
    ],
)
def test_answers(text: str, expected: bool | None) -> None:
    assert local.truth(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("man-fre 8-16", "Mon-Fri 08:00-16:00"),
        ("Man–fre kl. 08.00–16.00", "Mon-Fri 08:00-16:00"),
        ("mandag til fredag 8:30 til 15", "Mon-Fri 08:30-15:00"),
        ("Mon-Fri 08:00-16:00, Sat 10-14", "Mon-Fri 08:00-16:00; Sat 10:00-14:00"),
        ("døgnet rundt", "24/7"),
        ("ukedager 8-16", None),
        ("8-16", None),
        ("", None),
        ("man-fre 8-99", None),
        ("man-fre 8-16; lør 10-14; søn 10-14" + "; man 17-18" * 20, None),  # a part would not mean the whole
    ],
)
def test_service_hours(text: str, expected: str | None) -> None:
    assert local.service_hours(text) == expected


@given(st.text(max_size=300))
def test_whatever_is_written_the_answer_is_right_or_none(text: str) -> None:
    found = local.day(text)
    assert found is None or date.fromisoformat(found)
    number = local.amount(text)
    assert number is None or float(number) == float(number)
    hours = local.service_hours(text)
    assert hours is None or staffed(hours) is not None
    assert local.truth(text) in (True, False, None)
