"""The conversation of `smlint init`: questions in their order, answers checked as they are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from smlint import local
from smlint.bundled import HERE
from smlint.format import says_something
from smlint.guide import Topic, topic
from smlint.plan import Path, number
from smlint.record import Record
from smlint.words import learn, say

learn(HERE / "begin" / "words.yaml")

Answers = dict[str, str]
_FEW = 9  # values that are named in the question
_COUNTRIES = {
    "norge": "NO", "norway": "NO", "sverige": "SE", "sweden": "SE", "danmark": "DK", "denmark": "DK",
    "finland": "FI", "island": "IS", "iceland": "IS", "tyskland": "DE", "germany": "DE",
    "storbritannia": "GB", "united kingdom": "GB", "uk": "GB", "usa": "US", "united states": "US",
}  # fmt: skip
_LANGUAGES = {
    "norsk": "nb", "bokmål": "nb", "norwegian": "nb", "nynorsk": "nn", "engelsk": "en", "english": "en",
    "svensk": "sv", "swedish": "sv", "dansk": "da", "danish": "da", "tysk": "de", "german": "de", "samisk": "se",
}  # fmt: skip
_UNITS = {
    "percent": ("share", "rate", "resolution", "sentiment"),
    "hours": ("response-time",),
    "currency": ("revenue", "cost", "spend", "value"),
}


class Refused(Exception):
    """An answer that does not do; says why."""


class Question(Record):
    """One question. `path` is the place of the format that the answer is for; `check` gives the answer in the form in
    which the format wants it, or raises Refused; `fallback` is what Enter means."""

    key: str
    path: Path
    check: Callable[[str, Answers, str], str]
    fallback: Callable[[Answers, str], str] = lambda answers, language: ""

    @property
    def about(self) -> Topic:
        found = topic(self.path)
        assert found is not None
        return found


class Conversation:
    """Where the conversation stands. `language` is that of the questions, `today` the day on which it is held."""

    def __init__(self, language: str, today: date) -> None:
        self.language, self.today = language, today
        self.answers: Answers = {}
        self.at = 0

    @property
    def question(self) -> Question | None:
        """The question that is due, past those that an earlier answer makes idle; None when all are answered."""
        while self.at < len(QUESTIONS) and self._idle(QUESTIONS[self.at]):
            self.at += 1
        return QUESTIONS[self.at] if self.at < len(QUESTIONS) else None

    def _idle(self, question: Question) -> bool:
        needed = _NEEDS.get(question.key)
        return needed is not None and not self.answers.get(needed)

    def fallback(self, question: Question) -> str:
        """What Enter means: what was answered before, else what is likely."""
        known = self.answers.get(question.key)
        return known if known else question.fallback({**self.answers, "today": self.today.isoformat()}, self.language)

    def answer(self, text: str) -> None:
        """Take an answer to the question that is due; "" skips it, or takes its fallback. Raises Refused."""
        question = self.question
        assert question is not None
        said = " ".join(text.split()) or self.fallback(question)
        if said and not says_something(said):
            raise Refused(say("refuse.placeholder", self.language))
        self.answers[question.key] = question.check(said, self.answers, self.language) if said else ""
        self.at += 1

    def back(self) -> bool:
        """Go back to the question before; whether there is one."""
        at = self.at - 1
        while at >= 0 and self._idle(QUESTIONS[at]):
            at -= 1
        if at < 0:
            return False
        self.at = at
        return True

    def choices(self, question: Question) -> list[str]:
        """The values of a question with few, in their order."""
        values = list(question.about.meanings(self.language))
        return values if len(values) <= _FEW else []

    def explained(self, question: Question) -> list[str]:
        """What `?` says: what the format says of it, and the values that may be chosen."""
        about = question.about
        lines = [about.text(self.language)]
        lines += [
            f"  {n}. {value}{f': {meaning}' if meaning else ''}"
            for n, (value, meaning) in enumerate(about.meanings(self.language).items(), 1)
            if len(about.meanings(self.language)) < 60
        ]
        return [line for line in lines if line.strip()]


# --- what an answer must be ---------------------------------------------------------------------------------------


def _text(said: str, answers: Answers, language: str) -> str:
    return said


def _choice(path: Path) -> Callable[[str, Answers, str], str]:
    """One of an enum's values, by its number, its word or the word's beginning; a meaning does too."""

    def check(said: str, answers: Answers, language: str) -> str:
        about = topic(path)
        assert about is not None
        meanings = about.meanings(language)
        values, wanted = list(meanings), said.casefold()
        if wanted.isdecimal() and wanted.isascii() and 1 <= int(wanted[:6]) <= len(values):
            return values[int(wanted) - 1]
        fits = [value for value in values if value.casefold() == wanted] or [
            value
            for value, meaning in meanings.items()
            if value.casefold().startswith(wanted) or wanted in meaning.casefold().split()
        ]
        if len(fits) != 1:
            near = fits if fits else values
            raise Refused(
                say("refuse.choice", language, values=", ".join(near[:12]) + (" …" if len(near) > 12 else ""))
            )
        return fits[0]

    return check


def _codes(known: Mapping[str, str], path: Path) -> Callable[[str, Answers, str], str]:
    """Codes with commas between; the names of some are understood."""

    def check(said: str, answers: Answers, language: str) -> str:
        about = topic(path)
        assert about is not None
        values, found = about.raw.get("enum"), []
        for part in said.replace(";", ",").split(","):
            code = known.get(part.strip().casefold(), part.strip())
            code = code.upper() if values else code.lower()
            if code and ((values and code not in values) or not (values or (code.isalpha() and len(code) in (2, 3)))):
                raise Refused(say("refuse.code", language, value=code))
            if code and code not in found:
                found.append(code)
        return ", ".join(found)

    return check


def _amount(said: str, answers: Answers, language: str) -> str:
    found = local.amount(said, answers.get("currency"))
    if found is None or found.startswith("-") or number(found) is None:
        raise Refused(say("refuse.number", language))
    return found


def _whole(said: str, answers: Answers, language: str) -> str:
    found = local.amount(said)
    if found is None or not found.isdecimal() or len(found) > 9 or int(found) < 1:
        raise Refused(say("refuse.whole", language))
    return str(int(found))


def _day(said: str, answers: Answers, language: str) -> str:
    found = local.day(said)
    if found is None:
        raise Refused(say("refuse.day", language))
    return found


def _day_after(earlier: str) -> Callable[[str, Answers, str], str]:
    def check(said: str, answers: Answers, language: str) -> str:
        found = _day(said, answers, language)
        if answers.get(earlier) and found < answers[earlier]:
            raise Refused(say("refuse.early", language, day=answers[earlier]))
        return found

    return check


def _likely_unit(answers: Answers, language: str) -> str:
    metric = answers.get("metric", "")
    return next((unit for unit, parts in _UNITS.items() if any(part in metric for part in parts)), "count")


def _title(answers: Answers, language: str) -> str:
    year, name = int(answers["today"][:4]) + 1, answers.get("organisation")
    said = {"en": f"Social media plan {year}", "nb": f"Plan for sosiale medier {year}"}[language]
    return said + ({"en": f" for {name}", "nb": f" for {name}"}[language] if name else "")


def _year(day: str) -> Callable[[Answers, str], str]:
    def fallback(answers: Answers, language: str) -> str:
        year = answers["from"][:4] if answers.get("from") else str(int(answers["today"][:4]) + 1)
        return f"{year}-{day}"

    return fallback


def _same(key: str) -> Callable[[Answers, str], str]:
    return lambda answers, language: answers.get(key, "")


def _fixed(en: str, nb: str) -> Callable[[Answers, str], str]:
    return lambda answers, language: nb if language == "nb" else en


_FIRM = ("organisation",)
_GOAL, _CRITERION = ("goals", 0), ("goals", 0, "success_criteria", 0)
_NEEDS = {
    "sponsor-level": "sponsor", "objective-type": "objective", "objective-source": "objective", "function": "goal",
    "metric": "goal", "unit": "metric", "baseline": "metric", "target": "metric", "deadline": "metric",
    "source": "metric", "platform": "initiative", "initiative-owner": "initiative", "hours": "initiative",
    "rate": "hours", "cost": "initiative", "currency": "hours",
}  # fmt: skip
QUESTIONS = (
    Question("organisation", ("organisation", "name"), _text),
    Question("sector", ("organisation", "sector"), _choice(("organisation", "sector"))),
    Question("employees", ("organisation", "employees"), _whole),
    Question("countries", (*_FIRM, "countries"), _codes(_COUNTRIES, (*_FIRM, "countries", 0)), _fixed("", "NO")),
    Question("languages", (*_FIRM, "languages"), _codes(_LANGUAGES, (*_FIRM, "languages", 0)), _fixed("en", "nb")),
    Question("title", ("title",), _text, _title),
    Question("owner", ("owner", "role"), _text),
    Question("from", ("period", "from"), _day, _year("01-01")),
    Question("to", ("period", "to"), _day_after("from"), _year("12-31")),
    Question("sponsor", ("sponsor", "role"), _text),
    Question("sponsor-level", ("sponsor", "level"), _choice(("sponsor", "level"))),
    Question("objective", ("objectives", 0, "statement"), _text),
    Question("objective-type", ("objectives", 0, "type"), _choice(("objectives", 0, "type"))),
    Question("objective-source", ("objectives", 0, "source"), _text),
    Question("audience", ("audiences", 0, "description"), _text),
    Question("goal", (*_GOAL, "statement"), _text),
    Question("function", (*_GOAL, "function"), _choice((*_GOAL, "function"))),
    Question("metric", (*_CRITERION, "metric"), _choice((*_CRITERION, "metric"))),
    Question("unit", (*_CRITERION, "unit"), _choice((*_CRITERION, "unit")), _likely_unit),
    Question("baseline", (*_CRITERION, "baseline", "value"), _amount),
    Question("target", (*_CRITERION, "target"), _amount),
    Question("deadline", (*_CRITERION, "deadline"), _day_after("from"), _same("to")),
    Question("source", (*_CRITERION, "source"), _text),
    Question("initiative", ("initiatives", 0, "title"), _text),
    Question("platform", ("channels", 0, "platform"), _text),
    Question("initiative-owner", ("initiatives", 0, "owner"), _text, _same("owner")),
    Question("hours", ("initiatives", 0, "hours"), _amount),
    Question("rate", ("investment", "people", 0, "rate"), _amount),
    Question("cost", ("initiatives", 0, "cost"), _amount),
    Question("currency", ("investment", "currency"), _choice(("investment", "currency")), _fixed("", "NOK")),
)  # fmt: skip
