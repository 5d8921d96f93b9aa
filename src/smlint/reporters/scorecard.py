"""What `smlint score` prints: level, score, dimensions, the way to the next level, the ledger."""

from __future__ import annotations

from fractions import Fraction

from smlint.checks.domain import Chain, resolved_chain
from smlint.finding import Finding
from smlint.gate import plural
from smlint.profile import all_criteria
from smlint.report import Report, Run
from smlint.reporters import Look
from smlint.reporters.style import Pen, columns, worth
from smlint.rulebook import MODEL
from smlint.score import Part, Score
from smlint.words import Code, Word, figure, rounded, safe, separated, shown

BEST = 5  # findings listed as most to gain
BAR = 16  # columns of a full bar


def render(run: Run, look: Look, explain: bool = False) -> str:
    """The scorecards of all plans, one after the other."""
    cards = [_card(run, report, Pen(look, run.language_of(report)), explain) for report in run.reports if report.score]
    return "\n".join(cards)


def _card(run: Run, report: Report, pen: Pen, explain: bool) -> str:
    score = report.score
    assert score is not None
    parts = [
        _head(pen, report, score),
        _dimensions(pen, report, score),
        _chains(pen, report),
        _next(pen, report, score),
        _best(pen, report, score),
    ]
    if explain:
        parts += [_ledger(pen, report, score)]
    parts.append(pen.paint(pen.wrap(pen.say("score.written")), "dim") + "\n")
    return "\n".join(part for part in parts if part)


def _head(pen: Pen, report: Report, score: Score) -> str:
    title = f"{pen.paint(shown(report.title or ''), 'bold')}\n" if report.title else ""
    headline = pen.say("score.headline", level=score.level, name=Word(f"level.{score.level}"))
    lines = [pen.paint(headline, "bold"), pen.say("score.total", score=_Figure(pen.total(score)))]
    ambition = report.data.get("organisation", {}).get("ambition", {})
    if "level" in ambition:
        key = "score.ambition" if "by" in ambition else "score.ambition-open"
        lines.append(pen.say(key, level=ambition["level"], by=ambition.get("by")))
    if score.highest < 5:
        lines.append(pen.say("score.highest", level=score.highest))
    return f"{title}{pen.paint(safe(report.plan.name), 'dim')}\n\n" + "\n".join(lines) + "\n"


class _Figure(str):
    """A figure that is written already."""

    __slots__ = ()


def _dimensions(pen: Pen, report: Report, score: Score) -> str:
    """A line per dimension: level, bar, share, points earned of those to be earned."""
    titles = {id: report.settings.book.dimensions[id].title[pen.language] for id in score.parts}
    wide = max(columns(title) for title in titles.values())
    lines = [pen.paint(pen.say("score.dimensions"), "bold")]
    for id, part in score.parts.items():
        share = score.share(id)
        full = int(share * BAR)
        colour = "good" if share == 1 else "warning" if share >= Fraction(1, 2) else "error"
        bar = pen.paint("█" * full, colour) + pen.paint("░" * (BAR - full), "dim")
        level = f"{pen.say('table.level')} {score.dimension_level(id)}"
        percent = f"{_one(pen, 100 * share):>5} %"
        earned = f"{_one(pen, part.earned):>5} / {_one(pen, part.points)}"
        lines.append(f"  {titles[id]}{' ' * (wide - columns(titles[id]))}  {level}  {bar}  {percent}  {earned}")
    return "\n".join(lines) + "\n"


def _one(pen: Pen, value: Fraction) -> str:
    return separated(str(rounded(value, 1)), pen.language)


def _chains(pen: Pen, report: Report) -> str:
    """Shares of shares worked out: 40 % of 30 % = 12 % of 120 000 enquiries = 14 400 a year."""
    found = chains(report)
    if not found:
        return ""
    lines = [pen.paint(pen.say("score.chains"), "bold")]
    lines += [pen.wrap(chain_sentence(pen, id, chain), "    ", "  ") for id, chain in found]
    return "\n".join(lines) + "\n"


def chains(report: Report) -> list[tuple[str, Chain]]:
    """The shares of shares that lead to a counted population, by criterion. The report must not be lean."""
    known = {criterion["id"]: criterion for criterion in all_criteria(report.data) if "id" in criterion}
    found = [(id, chain) for id, criterion in known.items() if (chain := resolved_chain(criterion, known))]
    return [(id, chain) for id, chain in found if len(chain.targets) > 1]


def chain_sentence(pen: Pen, id: str, chain: Chain) -> str:
    steps = pen.say("score.of").join(f"{figure(target, pen.language)} %" for target in chain.targets)
    per = pen.say(f"per.{chain.per}") if chain.per else ""
    values = {"share": chain.share, "count": chain.size, "population": chain.population, "amount": chain.amount}
    return pen.say("score.chain", id=shown(id, 40), steps=_Figure(steps), **values, per="").rstrip() + per


def _next(pen: Pen, report: Report, score: Score) -> str:
    """The smallest set of findings that leads to the next level."""
    found = score.next_level
    if not found:
        return pen.paint(pen.say("score.top"), "good") + "\n"
    level = score.level + 1
    findings = plural("count.finding", len(found))
    lead = pen.say("score.next", level=level, name=Word(f"level.{level}"), findings=findings)
    return pen.paint(lead, "bold") + "\n" + _steps(pen, report, found)


def _best(pen: Pen, report: Report, score: Score) -> str:
    found = score.best[:BEST]
    return pen.paint(pen.say("score.best"), "bold") + "\n" + _steps(pen, report, found) if found else ""


def _steps(pen: Pen, report: Report, found: list[Finding]) -> str:
    lines = []
    for number, finding in enumerate(found, 1):
        lead = f"  {number:>{len(str(len(found)))}}. "
        lines.append(pen.wrap(finding.message(pen.language), " " * len(lead), lead))
        place = f"{finding.place.line}:{finding.place.column}"
        note = f"{place} {finding.rule.id} {worth(pen, report, finding)}"
        lines.append(" " * len(lead) + pen.paint(note, "dim"))
    return "\n".join(lines) + "\n"


def _ledger(pen: Pen, report: Report, score: Score) -> str:
    """Points per rule and dimension, rounded for reading, and their sum in exact fractions."""
    wide = max(map(len, score.outcomes)) + 2
    names = [pen.say(f"table.{name}") for name in ("points", "earned", "lost", "blocked", "passed")]
    lines = [pen.paint(pen.say("score.ledger"), "bold"), " " * (wide + 2) + "".join(f"{name:>9}" for name in names)]
    for id, part in score.parts.items():
        lines.append(
            pen.paint(f"  {report.settings.book.dimensions[id].title[pen.language]:<{wide}}" + _row(pen, part), "bold")
        )
        for rule in report.settings.book.listed:
            outcome = score.outcomes.get(rule.id)
            if outcome is None or rule.dimension != id:
                continue
            subjects = f"{outcome.passed}/{outcome.subjects}"
            lines.append(f"    {rule.id:<{wide - 2}}{_row(pen, score.rules[rule.id])}{subjects:>9}")
            if outcome.blocked:
                blockers = pen.say("score.blocked-by", rules=[Code(name) for name in outcome.blocked])
                lines.append(pen.paint(pen.wrap(blockers, "      "), "dim"))
    whole = Part(*(sum(column, Fraction(0)) for column in zip(*score.parts.values(), strict=True)))
    lines.append(pen.paint(f"  {pen.say('table.sum'):<{wide}}{_row(pen, whole)}", "bold"))
    exact = {name: _Figure(str(value)) for name, value in zip(("earned", "lost", "blocked"), whole[1:], strict=True)}
    lines += ["", pen.wrap(pen.say("score.sum", **exact, total=whole.earned + whole.lost + whole.blocked))]
    absent = sorted(report.settings.book.rules.keys() - score.outcomes.keys())
    if absent:
        lines.append(pen.wrap(pen.say("score.not-applicable", rules=[Code(name) for name in absent])))
    lines.append(pen.say("score.model", model=MODEL, rulebook=report.settings.book.fingerprint[:19]))
    return "\n".join(lines) + "\n"


def _row(pen: Pen, part: Part) -> str:
    return "".join(f"{separated(str(rounded(value, 2)), pen.language):>9}" for value in part)
