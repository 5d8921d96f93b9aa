"""Arithmetic on ISO dates as text. Texts of this form sort as the dates do."""

from __future__ import annotations

import datetime
from functools import lru_cache


def parse(text: str) -> datetime.date:
    """The date of a text such as 2027-06-30."""
    return datetime.date.fromisoformat(text)


@lru_cache(1024)  # plans repeat their dates
def add_months(text: str, months: int) -> str:
    """The date so many months later: the same day of the month, or that month's last. Past year 9999: the last day."""
    date = parse(text)
    index = date.year * 12 + date.month - 1 + int(months)
    year, month = divmod(index, 12)
    if year > datetime.MAXYEAR:
        return "9999-12-31"
    return datetime.date(year, month + 1, min(date.day, _length(year, month + 1))).isoformat()


def _length(year: int, month: int) -> int:
    """Days of a month."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def in_months(text: str, months: int, today: str) -> bool:
    """Whether the date plus so many months is not before `today`."""
    return add_months(text, months) >= today


def days_between(start: str, end: str) -> int:
    """Days from one date to another."""
    return (parse(end) - parse(start)).days


@lru_cache(256)  # asked of a plan's period again and again
def months_between(start: str, end: str) -> tuple[int, int]:
    """Whole calendar months from `start` to the day after `end`, and the days left over."""
    last = parse(end)
    if last == datetime.date.max:
        last -= datetime.timedelta(days=1)
    after = (last + datetime.timedelta(days=1)).isoformat()
    first, final = parse(start), parse(after)
    months = max((final.year - first.year) * 12 + final.month - first.month, 0)
    while months and add_months(start, months) > after:
        months -= 1
    return months, days_between(add_months(start, months), after)
