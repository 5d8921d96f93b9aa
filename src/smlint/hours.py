"""Service hours of a channel: the grammar, the staffed stretches of a week, and the longest stretch without staff."""

from __future__ import annotations

import re
from functools import lru_cache

from smlint.pattern import pattern

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY = 24 * 60
WEEK = 7 * DAY
Stretch = tuple[int, int]  # minutes since Monday 00:00; the end is exclusive

_PART = pattern(r"(\w{3})(?:-(\w{3}))?\s+(\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)
_LONGEST = 1000  # characters of a text that may be service hours


def staffed(text: str) -> tuple[Stretch, ...] | None:
    """The staffed stretches of the week, merged and in order; None when the text is not in the grammar.

    The grammar: `24/7`, or one or more `<days> HH:MM-HH:MM` joined by `;`, days `Mon` … `Sun` or a range such as
    `Mon-Fri`. An end that is not after its start runs past midnight.
    """
    return _staffed(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=256)
def _staffed(text: str) -> tuple[Stretch, ...] | None:
    if text.strip() == "24/7":
        return ((0, WEEK),)
    stretches: list[Stretch] = []
    for part in text.split(";"):
        found = _PART.fullmatch(part.strip())
        if found is None or (days := _days(found[1], found[2] or found[1])) is None:
            return None
        start, end = _minutes(found[3], found[4]), _minutes(found[5], found[6])
        if start is None or end is None or start == DAY:
            return None
        length = end - start if end > start else end + DAY - start
        stretches += [(day * DAY + start, day * DAY + start + length) for day in days]
    return _merged(_wrapped(stretches))


def longest_gap(text: str) -> int | None:
    """Minutes of the longest unstaffed stretch of the week, which goes round from Sunday to Monday."""
    stretches = staffed(text)
    if stretches is None:
        return None
    following = [*stretches[1:], (stretches[0][0] + WEEK, 0)]
    return max(after[0] - before[1] for before, after in zip(stretches, following, strict=True))


def clock(text: str) -> Stretch | None:
    """Two times of one day, "08:00–20:00", as minutes since midnight."""
    found = re.fullmatch(r"(\d\d):(\d\d)\s*[-–]\s*(\d\d):(\d\d)", text, re.ASCII)
    if not found:
        return None
    start, end = _minutes(found[1], found[2]), _minutes(found[3], found[4])
    return (start, end) if start is not None and end is not None and start < end else None


def _days(first: str, last: str) -> list[int] | None:
    if first not in DAYS or last not in DAYS:
        return None
    start, end = DAYS.index(first), DAYS.index(last)
    return [day % 7 for day in range(start, (end if end >= start else end + 7) + 1)]


def _minutes(hours: str, minutes: str) -> int | None:
    total = int(hours) * 60 + int(minutes)
    return total if int(minutes) < 60 and total <= DAY else None


def _wrapped(stretches: list[Stretch]) -> list[Stretch]:
    """Cut at Sunday midnight; what runs over begins the week."""
    return [piece for a, b in stretches for piece in ([(a, WEEK), (0, b - WEEK)] if b > WEEK else [(a, b)])]


def _merged(stretches: list[Stretch]) -> tuple[Stretch, ...]:
    merged: list[Stretch] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
