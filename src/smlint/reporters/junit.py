"""`junit`: one suite per plan, one case per rule, for the test reports of CI servers.

Source: the schema junit-10.xsd of the Jenkins xUnit plugin, and what GitLab's parser reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as Tree

from smlint.finding import Diagnostic, Finding
from smlint.gate import counts_against, stops
from smlint.pattern import pattern
from smlint.report import Report, Run
from smlint.reporters import Look
from smlint.reporters.style import where
from smlint.words import safe, say, written

_NOT_XML = pattern("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(run: Run, look: Look) -> str:
    """The run as XML. A case fails where the gate counts its findings, `gate` where it is closed."""
    root = Tree.Element("testsuites")
    for report in run.reports:
        root.append(_suite(run, report))
    root.append(_gate(run))
    Tree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Tree.tostring(root, encoding="unicode") + "\n"


def _suite(run: Run, report: Report) -> Tree.Element:
    cases = list(_cases(run, report))
    return _counted(Tree.Element("testsuite", name=_text(run.path(report))), cases)


def _counted(suite: Tree.Element, cases: list[Tree.Element]) -> Tree.Element:
    suite.set("tests", str(len(cases)))
    for kind, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(kind) is not None for case in cases)))
    suite.extend(cases)
    return suite


def _cases(run: Run, report: Report) -> Iterator[Tree.Element]:
    """A case for every kind of structural finding and every rule that applies."""
    language = run.language_of(report)
    found: dict[str, list[Finding]] = {}
    for finding in run.shown(report):
        found.setdefault(finding.rule.id, []).append(finding)
    for id, findings in found.items():
        if isinstance(findings[0].rule, Diagnostic):
            yield _case(run, report, id, id, findings)
    for id in sorted(report.score.outcomes) if report.score else ():
        title = report.settings.book.rules[id].title[language]
        yield _case(run, report, id, f"{id}: {title}", found.get(id, []))


def _case(run: Run, report: Report, id: str, name: str, findings: list[Finding]) -> Tree.Element:
    """A rule on a plan: failed, skipped where all its findings are waived, or passed, with the rest told beside."""
    case = Tree.Element("testcase", classname=_text(run.path(report)), name=_text(name), time="0")
    against = [finding for finding in findings if counts_against(report, finding) or stops(finding)]
    others = [finding for finding in findings if finding not in against]
    if against:
        kind = "error" if stops(against[0]) else "failure"
        language = run.language_of(report)
        mark = Tree.SubElement(case, kind, message=_text(against[0].message(language)), type=id)
        mark.text = _lines(run, report, against)
    elif findings and all(report.waived(finding) for finding in findings):
        Tree.SubElement(case, "skipped", message=_text(safe(report.waivers[findings[0].id].reason)))
    if others:
        Tree.SubElement(case, "system-out").text = _lines(run, report, others)
    return case


def _lines(run: Run, report: Report, findings: list[Finding]) -> str:
    language = run.language_of(report)
    return _text("\n".join(_line(report, finding, language) for finding in findings))


def _line(report: Report, finding: Finding, language: str) -> str:
    waived = f" ({say('table.waived', language)})" if report.waived(finding) else ""
    severity = say(f"severity.{finding.severity}", language)
    message, fix = safe(finding.message(language)), safe(finding.fix(language))
    return f"{where(report, finding)}: {severity}{waived}: {message} {fix}"


def _gate(run: Run) -> Tree.Element:
    """The gate's own case: what no single finding says, such as a score that drops, is red as well."""
    case = Tree.Element("testcase", classname="smlint", name="gate", time="0")
    if not run.verdict.passed:
        why = _text("; ".join(written(reason, run.own_language) for reason in run.verdict.why))
        Tree.SubElement(case, "failure", message=why, type="gate").text = why
    return _counted(Tree.Element("testsuite", name="smlint"), [case])


def _text(text: str) -> str:
    """Text that XML 1.0 can hold: what it cannot is written out."""
    return _NOT_XML.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
