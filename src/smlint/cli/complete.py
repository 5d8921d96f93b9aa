"""What a shell offers when Tab is pressed: commands, rules with their titles, files. It imports next to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from smlint.bundled import bundled


def files(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[Any]:
    """Files and folders, which the shell knows best."""
    return [_item(incomplete, type="file")]


def rules(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[Any]:
    """Rule ids with their titles."""
    return [_item(id, help=title or None) for id, title in _titles() if id.startswith(incomplete)]


def selection(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[Any]:
    """What --select and --ignore take: severities, dimensions and rules, several with commas."""
    before, comma, last = incomplete.rpartition(",")
    names = [
        ("error", ""),
        ("warning", ""),
        ("info", ""),
        *((folder, "") for folder in sorted(_dimensions())),
        *_titles(),
    ]
    return [_item(before + comma + name, help=title or None) for name, title in names if name.startswith(last)]


def _item(value: str, **more: Any) -> Any:
    from click.shell_completion import CompletionItem

    return CompletionItem(value, **more)


def _dimensions() -> set[str]:
    return {folder.name for folder in bundled("rules").iterdir() if folder.is_dir()}


def _titles() -> Iterator[tuple[str, str]]:
    """The shipped rules: their ids are their files' names; their titles stand in what was compiled ahead, if it was."""
    from smlint.ahead import facts
    from smlint.rule import Rule

    _, rows, _ = facts("rules") or ((), (), ())
    titles = {rule.id: rule.title["en"] for rule in (Rule(*fields) for _, *fields in rows)}
    folder = bundled("rules")
    ids = [file.name.removesuffix(".yaml") for name in _dimensions() for file in (folder / name).iterdir()]
    for id in sorted(ids):
        yield id, titles.get(id, "")
