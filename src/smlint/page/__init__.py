"""The review page: one self-contained HTML file that a management group reads in a meeting."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from smlint import __version__
from smlint.bundled import HERE
from smlint.history import Step
from smlint.meeting import Row, codes, rows
from smlint.page.business import business_map, heat_maps
from smlint.page.figures import Figures
from smlint.page.money import money
from smlint.page.portfolio import portfolio
from smlint.page.standing import standing
from smlint.page.timeline import timeline
from smlint.page.trend import trend
from smlint.report import Report, Run
from smlint.reporters import Look
from smlint.rulebook import MODEL
from smlint.words import learn, say, written

learn(HERE / "page" / "words.yaml")
WHOLE = 20  # plans that get a whole section; of more, each gets its figures and findings


def render(run: Run, look: Look, trails: Mapping[str, Sequence[Step]] = MappingProxyType({})) -> str:
    """The page of a run. Its reports must not be lean: the page draws what the plans hold. `trails` holds the history
    of plans by name."""
    figures = Figures(run.own_language)
    named = codes(run)
    sections = [
        _section(run, report, named, len(run.reports) <= WHOLE)
        | {"trend": trend(trails.get(report.plan.name, ()), Figures(run.language_of(report)))}
        for report in run.reports
    ]
    style, script = _text("page.css"), _text("page.js")
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            run=run,
            language=run.own_language,
            t=_Texts(run.own_language),
            f=figures,
            style=Markup(style),
            script=Markup(script),
            policy=_policy(style, script),
            sections=sections,
            portfolio=portfolio(run, sections, run.own_language) if len(run.reports) > 1 else None,
            version=__version__,
            model=MODEL,
            gate=[written(reason, run.own_language) for reason in run.verdict.why],
            notes=[written(note, run.own_language) for note in run.verdict.notes],
        )
    )


class _Texts:
    """`t("key", n=3)` in a template: a sentence of the page's words."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, /, **values: Any) -> str:
        return say(key if "." in key else f"page.{key}", self.language, **values)


def _section(run: Run, report: Report, named: dict[tuple[str, str], str], whole: bool) -> dict[str, Any]:
    """What the template shows of one plan, in the language of its findings."""
    language = run.language_of(report)
    figures = Figures(language)
    found: list[Row] = rows(run, report, named, language)
    section = {
        "report": report,
        "id": f"plan-{hashlib.sha256(report.plan.name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}",
        "language": language,
        "t": _Texts(language),
        "f": figures,
        "standing": standing(report, figures, named, run),
        "rows": [row for row in found if not row.waived],
        "waived": [row for row in found if row.waived],
        "whole": whole,
    }
    if whole and report.score is not None:
        section |= {
            "map": business_map(report, language),
            "heat": heat_maps(report, language),
            "money": money(report, figures),
            "timeline": timeline(report, run.as_of, figures),
        }
    return section


@cache
def _environment() -> Environment:
    """Everything is escaped unless it says that it is markup; a name that is not there is an error."""
    loader = PackageLoader("smlint.page", "")
    return Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.loopcontrols"],
    )


def _text(name: str) -> str:
    return (HERE / "page" / name).read_bytes().decode("utf-8")


def _policy(style: str, script: str) -> str:
    """Nothing is loaded and nothing runs but the page's own style and script."""
    allowed = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in (style, script)
    ]
    return f"default-src 'none'; style-src {allowed[0]}; script-src {allowed[1]}; base-uri 'none'; form-action 'none'"
