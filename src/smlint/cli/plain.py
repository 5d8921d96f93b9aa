"""Options that every command has from click, said without asking gettext: that takes longer than parsing the rest."""

from __future__ import annotations

from typing import Any

import click


def _eagerly(name: str, help: str, answer: Any) -> click.Option:
    """A flag that answers and ends, whatever else stands on the command line."""

    def callback(context: click.Context, parameter: click.Parameter, value: bool) -> None:
        if value and not context.resilient_parsing:
            click.echo(answer(context), color=context.color)
            context.exit()

    return click.Option([name], is_flag=True, expose_value=False, is_eager=True, help=help, callback=callback)


def version(text: str) -> click.Option:
    """The option --version."""
    return _eagerly("--version", "Show the version and exit.", lambda context: text)


class Command(click.Command):
    """A command whose --help is ours; it says the same."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        if self._help_option is None:
            self._help_option = _eagerly("--help", "Show this message and exit.", click.Context.get_help)
        return self._help_option
