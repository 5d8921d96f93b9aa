"""The documentation: pages that are made from code are fresh, what it tells one to do works, and its links lead on."""

from __future__ import annotations

import re
import tomllib
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from smlint.cli import COMMANDS
from smlint.report import Report, judge
from smlint.rulebook import load
from smlint.settings import Settings
from tests.outcomes import outcome, rule, score
from tests.pages import stale
from tests.plans import DAY

TOP = Path(__file__).parent.parent
DOCS = TOP / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *TOP.glob("*.md")])
_LINK = re.compile(r"(?<!`)!?\[[^\]\n]*\]\(([^)\s]+)\)")


def test_pages_made_from_code_are_fresh() -> None:
    assert stale() == [], "run: python -m tests.pages"


def test_every_command_is_documented_outside_the_reference() -> None:
    told = "".join(page.read_text("utf-8") for page in PAGES if "reference" not in page.parts)
    assert [name for name in COMMANDS if f"smlint {name}" not in told] == []


def test_every_extra_is_documented() -> None:
    extras = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    told = "".join(page.read_text("utf-8") for page in PAGES)
    assert [name for name in extras if f"smlint[{name}]" not in told] == []


def anchors(page: Path) -> set[str]:
    """What a link into a page may name, as GitHub and MkDocs make it of headings."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)
    heads = re.findall(r"^#+ (.*)$", text, re.M)
    made = {re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", head.lower()).strip()) for head in heads}
    return made | set(re.findall(r'<a id="([^"]+)"', text))


def links(page: Path) -> list[str]:
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)
    return [link for link in _LINK.findall(re.sub(r"`[^`\n]*`", "", text)) if "://" not in link]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(TOP).as_posix())
def test_links_lead_to_something(page: Path) -> None:
    lost = []
    for link in links(page):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            lost.append(link)
    assert lost == []


def test_every_page_is_in_the_menu() -> None:
    def files(node: object) -> list[str]:
        if isinstance(node, str):
            return [node]
        return [name for each in (node if isinstance(node, list) else node.values()) for name in files(each)]  # type: ignore[attr-defined]

    menu = files(yaml.safe_load((TOP / "mkdocs.yml").read_text("utf-8"))["nav"])
    assert sorted(menu) == sorted(page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md"))


# The tutorial


def patched(text: str, diff: str) -> str:
    """A text with the change that a block of the tutorial shows."""
    old = "".join(f"{line[1:]}\n" for line in diff.splitlines() if line[:1] in " -")
    new = "".join(f"{line[1:]}\n" for line in diff.splitlines() if line[:1] in " +")
    assert text.count(old) == 1, old
    return text.replace(old, new)


def standing(report: Report) -> str:
    assert report.score is not None
    count = len(report.findings)
    points = float(report.score.total)
    return f"{count} finding{'' if count == 1 else 's'} · {points:.1f} points · level {report.score.level}"


def test_the_tutorial_ends_where_it_says() -> None:
    tutorial = (DOCS / "tutorial/customer-service.md").read_text("utf-8")
    text = (DOCS / "tutorial/start.yaml").read_text("utf-8")
    settings = Settings(book=load())
    steps = re.findall(
        r"```diff\n(.*?)```|^\*\*(\d+ findings?.*?)\*\*$|^> \*\*([\w-]+)\*\* (.*?)$", tutorial, re.M | re.S
    )
    for diff, figures, id, message in steps:
        report = judge("start.yaml", text.encode(), settings, DAY)
        if diff:
            text = patched(text, diff)
        elif figures:
            assert standing(report) == figures
        else:
            said = [f.message("en") for f in report.findings if f.rule.id == id]
            assert any(each.startswith(message.rstrip(".")) for each in said), (id, said)
    assert text == (TOP / "examples/customer-service.yaml").read_text("utf-8")


# The score


def test_the_worked_ledger_of_the_score_is_what_the_score_works_out() -> None:
    page = (DOCS / "scoring.md").read_text("utf-8")
    found = re.findall(r"^\| ([ABC]|sum) \|(.*)\|$", page, re.M)
    rows = {name: [cell.strip() for cell in cells.split("|")] for name, cells in found}
    first = outcome(rule("A", severity="error"), passed=1)
    second = outcome(rule("B", severity="warning"), passed=1, failed=1)
    third = outcome(rule("C", severity="info"), blocked={"B": 1})
    worked = score(first, second, third)
    for name, part in worked.rules.items():
        assert [fraction(cell) for cell in rows[name][4:]] == [part.points, part.earned, part.lost, part.blocked]
    assert fraction(rows["sum"][5]) == worked.total


def fraction(text: str) -> Fraction:
    whole, _, part = text.partition(" ")
    return Fraction(whole) + (Fraction(part) if part else 0)
