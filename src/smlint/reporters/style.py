"""What the terminal formats share: colour with restraint, wrapping, and the last line of a run."""

from __future__ import annotations

from typing import Any

from smlint.finding import SEVERITIES, Finding
from smlint.gate import counted, plural
from smlint.report import Report, Run
from smlint.reporters import Look
from smlint.score import Score
from smlint.words import Word, figure, listed, rounded, safe, say, separated, written

COLOURS = {"error": 31, "warning": 33, "info": 36, "good": 32, "dim": 2, "bold": 1}


class Pen:
    """Writes in one language and look."""

    def __init__(self, look: Look, language: str) -> None:
        self.look = look
        self.language = language

    def paint(self, text: str, *styles: str) -> str:
        """Text in a colour or weight, where colour is wanted."""
        if not self.look.colour or not text:
            return text
        codes = ";".join(str(COLOURS[style]) for style in styles)
        return f"\x1b[{codes}m{text}\x1b[0m"

    def say(self, key: str, /, **values: Any) -> str:
        """A sentence of words.yaml."""
        return say(key, self.language, **values)

    def write(self, value: Any) -> str:
        """A value in this language."""
        return written(value, self.language)

    def wrap(self, text: str, indent: str = "", first: str | None = None) -> str:
        """Text broken into lines of the look's width; `first` is the first line's indent."""
        import textwrap  # few runs have something to break into lines

        lines = textwrap.wrap(
            text, self.look.width, initial_indent=indent if first is None else first, subsequent_indent=indent,
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
        return "\n".join(lines)

    def points(self, value: Any) -> str:
        """Points with one decimal, or two where one would show nothing."""
        one = rounded(value, 1)
        return separated(f"{one}" if one or not value else f"{rounded(value, 2)}", self.language)

    def total(self, score: Score) -> str:
        """A score with one decimal, never shown as 100 unless it is."""
        return separated(str(shown_total(score)), self.language)


def shown_total(score: Score) -> Any:
    """The score rounded half up to one decimal; just below 100 it stays below."""
    value = rounded(score.total, 1)
    return rounded(score.total, 1) if value < 100 or score.total == 100 else type(value)("99.9")


def where(report: Report, finding: Finding) -> str:
    """file:line:col, as editors open it."""
    return f"{safe(report.plan.name)}:{finding.place.line}:{finding.place.column}"


def worth(pen: Pen, report: Report, finding: Finding) -> str:
    """What a finding costs and opens: "−1.9 points, opens 6.2 more"; empty for a structural one."""
    if report.score is None or finding.structural:
        return ""
    parts = [pen.say("text.costs", points=pen.points(report.score.cost(finding)))]
    opens = report.score.opens(finding)
    if opens:
        parts.append(pen.say("text.opens", points=pen.points(opens)))
    return ", ".join(parts)


def standing(pen: Pen, report: Report) -> str:
    """Level, score and ambition of one plan; with a comparison, what became of level and score."""
    score = report.score
    if score is None:
        return pen.say("summary.no-score")
    before = report.change.before.score if report.change and report.change.before else None
    level = pen.say("summary.level", level=score.level, name=Word(f"level.{score.level}"))
    if before and before.level != score.level:
        level += f" ({pen.say('summary.was', value=str(before.level))})"
    points = pen.say("summary.score", score=pen.total(score))
    if before and before.total != score.total:
        points += f" ({pen.say('summary.was', value=Raw(pen.total(before)))})"
    aim = report.ambition
    ambition = pen.say("summary.ambition", level=aim) if aim else pen.say("summary.no-ambition")
    return f"{pen.paint(level, 'bold')} · {points} · {ambition}"


def decision(pen: Pen, run: Run) -> str:
    """What the gate decided, and why."""
    if run.verdict.passed:
        return pen.paint(pen.say("gate.open"), "good")
    why = "; ".join(pen.write(reason) for reason in run.verdict.why)
    return pen.paint(pen.say("gate.closed", why=Raw(why)), "error")


class Raw(str):
    """Text that is safe and short enough already."""

    __slots__ = ()


def closing(pen: Pen, run: Run) -> str:
    """The last line: level, score, ambition, what the gate decided and why; for many plans, number and findings."""
    notes = [pen.write(note) for note in run.verdict.notes]
    label = pen.say("text.note")
    before = "".join(f"{pen.wrap(f'{label}: {note}', '  ', '')}\n" for note in notes)
    if len(run.reports) == 1:
        parts = [standing(pen, run.reports[0])]
    else:
        found = [finding for report in run.reports for finding in run.listed(report) if not report.waived(finding)]
        parts = [pen.write(plural("count.plan", len(run.reports)))]
        parts += [listed([pen.write(count) for count in counted(found)], pen.language)] if found else []
        waived = sum(
            report.waived(finding) for report in run.reports if report.waivers for finding in run.shown(report)
        )
        parts += [pen.write(plural("count.waived", waived))] if waived else []
    known = sum(map(run.known, run.reports))
    parts += [pen.write(plural("count.known", known))] if known else []
    parts += [pen.write(plural("count.skipped", run.skipped))] if run.skipped else []
    return f"{before}{' · '.join([*parts, decision(pen, run)])}"


def nothing(pen: Pen, run: Run) -> str:
    """The line that stands in place of findings."""
    compared = any(report.change for report in run.reports)
    return f"{pen.say('summary.no-new-findings' if compared else 'summary.no-findings')}\n"


def statistics(pen: Pen, run: Run) -> str:
    """How often each rule was found, most often first."""
    counts: dict[tuple[str, str], int] = {}
    for report in run.reports:
        for finding in run.listed(report):
            key = (finding.rule.id, finding.severity)
            counts[key] = counts.get(key, 0) + 1
    rows = sorted(counts.items(), key=lambda row: (-row[1], SEVERITIES.index(row[0][1]), row[0][0]))
    wide = max((len(str(count)) for count in counts.values()), default=1)
    return "".join(
        f"{count:>{wide}}  {pen.paint(pen.say(f'severity.{severity}'), severity)}  {id}\n"
        for (id, severity), count in rows
    )


def columns(text: str) -> int:
    """How many columns a text takes on a terminal: wide characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


__all__ = ["Look", "Pen", "closing", "decision", "figure", "nothing", "standing", "statistics", "where", "worth"]
