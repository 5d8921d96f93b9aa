"""Numbers, money and dates as the reader's language writes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, get_currency_symbol

from smlint.words import rounded

LOCALES = {"en": "en_GB", "nb": "nb_NO"}


class Figures:
    """Writes for one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.locale = Locale.parse(LOCALES[language])

    def number(self, value: Any, decimals: int = 0) -> str:
        """A number with at most so many decimals."""
        if value is None:
            return "–"
        exact = value if isinstance(value, Decimal) else rounded(Fraction(value), decimals)
        pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
        return str(format_decimal(exact, pattern, locale=self.locale))

    def points(self, value: Fraction) -> str:
        """Points with one decimal."""
        return str(format_decimal(rounded(value, 1), "#,##0.0", locale=self.locale))

    def score(self, value: Fraction) -> str:
        """A score with one decimal, never 100 unless it is."""
        return self.points(min(value, Fraction(999, 10)) if value < 100 else value)

    def percent(self, value: Any, decimals: int = 1) -> str:
        """A number of percent, with its sign."""
        return f"{self.number(value, decimals)}\u00a0%"

    def money(self, value: Any, currency: str | None) -> str:
        """An amount in whole units, with the currency's code."""
        symbol = get_currency_symbol(currency, locale=self.locale) if currency else ""
        return f"{self.number(value)}\u00a0{symbol}" if symbol else self.number(value)

    def day(self, value: Any) -> str:
        """A date as people write it: 30 June 2027."""
        try:
            day = value if isinstance(value, date) else date.fromisoformat(value)
        except (TypeError, ValueError):
            return "–"
        return str(format_date(day, "d MMM y", locale=self.locale))
