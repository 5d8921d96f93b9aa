"""Dates, numbers, answers and hours as people write them in Norway and elsewhere, made what the format wants.

Only what can mean one thing is read: `1.2.2027` is a Norwegian date, `02/01/2027` may be two; `1.200.000` is a million
and a bit, `1,200` may be two things. Whatever is in doubt gives None.
"""

from __future__ import annotations

import re
from datetime import date

from smlint.hours import staffed
from smlint.pattern import pattern
from smlint.scalar import is_number, number

_LONGEST = 120  # characters: what people write is shorter, and a part of a longer text does not mean the whole
_MONTHS = (
    ("januar", "january", "jan"), ("februar", "february", "feb"), ("mars", "march", "mar"), ("april", "apr"),
    ("mai", "may"), ("juni", "june", "jun"), ("juli", "july", "jul"), ("august", "aug"),
    ("september", "sep", "sept"), ("oktober", "october", "okt", "oct"), ("november", "nov"),
    ("desember", "december", "des", "dec"),
)  # fmt: skip
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_NUMERIC = (
    pattern(r"(?P<y>\d{4})[-./](?P<m>\d{1,2})[-./](?P<d>\d{1,2})"),
    pattern(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    pattern(r"(?P<d>\d{1,2})\. ?(?P<m>\d{1,2})\. ?(?P<y>\d{4})"),
)
_SLASHED = pattern(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
_NAMED = (
    pattern(r"(?P<d>\d{1,2})(?:st|nd|rd|th|\.)? (?:of )?(?P<m>[a-z]+)\.?,? (?P<y>\d{4})"),
    pattern(r"(?P<m>[a-z]+)\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>\d{4})"),
)
_UNITS = r"kr\.?|kroner|timer|hours?|h|t|%|prosent|percent"
_BLANK = "[ \u00a0\u202f\u2009]"
_GROUPED = pattern(rf"\d{{1,3}}(?:(?:{_BLANK}\d{{3}})+|(?:\.\d{{3}}){{2,}}|(?:,\d{{3}}){{2,}}|(?:'\d{{3}})+)")
_NUMBER = pattern(r"\d+(?:\.\d+)?")
_COMMA = pattern(r"(\d+),(\d{1,2}|\d{4,})")
_YES, _NO = ("true", "yes", "ja", "on", "y", "j"), ("false", "no", "nei", "off", "n")
_DAYS = {
    "man": "Mon", "mandag": "Mon", "monday": "Mon", "mon": "Mon", "tir": "Tue", "tirs": "Tue", "tirsdag": "Tue",
    "tuesday": "Tue", "tue": "Tue", "ons": "Wed", "onsdag": "Wed", "wednesday": "Wed", "wed": "Wed", "tor": "Thu",
    "tors": "Thu", "torsdag": "Thu", "thursday": "Thu", "thu": "Thu", "fre": "Fri", "fredag": "Fri", "friday": "Fri",
    "fri": "Fri", "lør": "Sat", "lørdag": "Sat", "saturday": "Sat", "sat": "Sat", "søn": "Sun", "søndag": "Sun",
    "sunday": "Sun", "sun": "Sun",
}  # fmt: skip
_TIME = pattern(r"(?<![\d:.])(\d{1,2})(?:[:.](\d{2}))?(?![\d:.])")


def day(text: str) -> str | None:
    """A calendar date as ISO 8601 writes it."""
    if len(text) > _LONGEST:
        return None
    said = " ".join(text.casefold().split())
    for form in (*_NUMERIC, *_NAMED):
        if found := form.fullmatch(said):
            month = found["m"]
            number = int(month) if month.isdigit() else _MONTH.get(month, 0)
            return _date(int(found["y"]), number, int(found["d"]))
    if found := _SLASHED.fullmatch(said):
        first, second, year = (int(part) for part in found.groups())
        if first > 12 or first == second:
            return _date(year, second, first)
        if second > 12:
            return _date(year, first, second)
    return None


def _date(year: int, month: int, number: int) -> str | None:
    try:
        return date(year, month, number).isoformat()
    except ValueError:
        return None


def amount(text: str, currency: str | None = None) -> str | None:
    """A number in digits, without separators and without a unit that the format states elsewhere; none that is too
    large or too fine for a plan."""
    said = _digits(text, currency) if len(text) <= _LONGEST else None
    return said if said is not None and is_number(number(said)) else None


def _digits(text: str, currency: str | None) -> str | None:
    units = _UNITS + (f"|{re.escape(currency.casefold())}" if currency else "")
    said = text.strip().casefold()
    sign = "-" if said[:1] in "-\u2212" and said else ""
    said = re.sub(rf"^(?:{units}){_BLANK}*|{_BLANK}*(?:{units})$|,[-\u2013\u2014]$", "", said.lstrip("-\u2212"))
    said = re.sub(r",[-\u2013\u2014]$", "", said).strip()
    whole, comma, decimals = said.partition(",") if said.count(",") == 1 else (said, "", "")
    if _GROUPED.fullmatch(said):
        return sign + re.sub(r"\D", "", said)
    if comma and decimals.isdigit() and len(decimals) < 3 and _GROUPED.fullmatch(whole):
        return f"{sign}{re.sub(r'[^0-9]', '', whole)}.{decimals}"
    if found := _COMMA.fullmatch(said):
        return f"{sign}{found[1]}.{found[2]}"
    return sign + said if _NUMBER.fullmatch(said) and said.isascii() else None


def truth(text: str) -> bool | None:
    """Yes or no."""
    said = text.strip().casefold()
    return {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}.get(said)


def service_hours(text: str) -> str | None:
    """Service hours in the format's grammar: `man-fre 8-16` is Mon-Fri 08:00-16:00."""
    if len(text) > _LONGEST:
        return None
    said = re.sub(r"\s*[-\u2013\u2014]\s*|\s+til\s+|\s+to\s+", "-", text.strip().casefold())
    said = re.sub(r"\bkl\.?\s*", "", said)
    if said in ("24/7", "24-7", "døgnet rundt", "always"):
        return "24/7"
    said = re.sub(r"[a-zæøå]+\.?", lambda word: _DAYS.get(word[0].rstrip("."), word[0]), said)
    said = _TIME.sub(lambda time: f"{int(time[1]):02}:{time[2] or '00'}", said)
    said = re.sub(r"\s*[;,]\s*(?=[A-Z])", "; ", said)
    return said if staffed(said) is not None else None
