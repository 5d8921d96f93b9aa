"""`smlint decisions`: a meeting's decisions go back into the plan."""

from __future__ import annotations

import datetime
import difflib
from typing import Any

import click

from smlint.cli.complete import files
from smlint.cli.console import Problem, common, echo, write
from smlint.cli.plain import Command


@click.command(cls=Command)
@click.argument("file", shell_complete=files)
@click.argument("plan", shell_complete=files)
@click.option("--diff", "show", is_flag=True, help="Show what would change, and write nothing.")
@common
def decisions(file: str, plan: str, show: bool, **options: Any) -> None:
    """Write a meeting's decisions into the plan.

    FILE is the spreadsheet or CSV of `smlint report`, filled in. What is accepted, or is not relevant, becomes a waiver
    with its reason; what is to be fixed is printed as a list with owner and due date. 2 where a row needs a person.
    """
    from smlint.bundled import HERE
    from smlint.cli.work import chosen, faults
    from smlint.config import Configurations
    from smlint.decisions import DecisionError, apply, of_plan, read_decisions
    from smlint.discovery import Unreadable, place_of, read_bytes, shown_path
    from smlint.files import Disk
    from smlint.plan import Limits
    from smlint.words import learn

    learn(HERE / "page" / "words.yaml")
    as_of = options["as_of"] or datetime.date.today()
    name = shown_path(plan)
    with faults():
        configured = Configurations(Disk(), chosen(options))
        settings = configured.settings[configured.of(place_of(plan))]
        try:
            raw = read_bytes(plan, Limits())
            outcome = apply(name, raw, of_plan(read_decisions(file), name), settings, as_of)
        except DecisionError as error:
            raise Problem(str(error)) from None
        except Unreadable:
            raise Problem(f"{plan} cannot be read") from None
    before = raw.decode("utf-8-sig") if raw[:2] not in (b"\xff\xfe", b"\xfe\xff") else None
    if before is None and outcome.waived:
        raise Problem(f"{plan} is not UTF-8; add the waivers by hand")
    language = options["lang"] or settings.language or "en"
    if show:
        lines = difflib.unified_diff((before or "").splitlines(True), outcome.text.splitlines(True), name, name)
        echo("".join(lines))
    elif outcome.waived:
        write(plan, ("\ufeff" if raw.startswith(b"\xef\xbb\xbf") else "") + outcome.text)
    echo(_told(outcome, language))
    raise click.exceptions.Exit(2 if any(why != "gone" for _, why in outcome.refused) else 0)


def _told(outcome: Any, language: str) -> str:
    """What was done, what was agreed, and what could not be done."""
    from smlint.words import safe, say, shown

    lines = [say("page.waived-now", language, n=len(outcome.waived))]
    lines += [f"  {safe(finding.id)}" for finding in outcome.waived]
    if outcome.actions:
        lines.append(say("page.agreed", language, n=len(outcome.actions)))
    for decision, finding in sorted(outcome.actions, key=lambda each: str(each[0].due or "9999")):
        who = shown(decision.responsible) or "–"
        due = decision.due.isoformat() if decision.due else "–"
        lines.append(f"  {due}  {who}: {safe(finding.fix(language))} ({safe(finding.id)})")
    for decision, why in outcome.refused:
        said = say(f"page.refused-{why}", language)
        lines.append(say("page.refused", language, row=decision.row, id=shown(decision.id), why=said))
    return "\n".join(lines) + "\n"
