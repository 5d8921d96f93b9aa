"""The commands: parse, call, print, exit. Nothing else in smlint prints or exits."""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

import click

from smlint import __version__
from smlint.cli.plain import Command, version

# command -> the module that has it, loaded when the command is asked for
COMMANDS = {
    "init": "init",
    "check": "check",
    "score": "score",
    "fix": "fix",
    "report": "report",
    "decisions": "decisions",
    "history": "history",
    "lsp": "lsp",
    "diff": "diff",
    "baseline": "baseline",
    "rules": "rules",
    "explain": "rules",
    "test-rules": "rules",
    "schema": "schema",
}


class Commands(Command, click.Group):
    """A first word that is neither a command nor --help or --version means `check`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = ("--help", "--version")
        if ctx.resilient_parsing and not args:  # a shell asks what may come first
            return super().parse_args(ctx, args)
        if not args or (args[0] not in COMMANDS and args[0] not in own):
            args = ["check", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """The commands, without importing them; and files, for `check` is meant where none is named."""
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        names = [CompletionItem(name) for name in COMMANDS if name.startswith(incomplete)]
        return [*names, CompletionItem(incomplete, type="file")]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = import_module(f"smlint.cli.{COMMANDS[name]}")
        command: click.Command = getattr(module, name.replace("-", "_"))
        return command


@click.group(cls=Commands, params=[version(f"smlint {__version__}")], context_settings={"max_content_width": 100})
def smlint() -> None:
    """Lint social media strategy plans, and score how mature they are.

    Without a command, `check` is meant: `smlint plan.yaml`.
    """


def run() -> NoReturn:
    """The program: `main`, and then an end without taking apart every object that start-up made, a tenth of a run.

    Judging makes no circles of objects, so that looking for some would find nothing and take a tenth of a large plan.
    Commands that go on and on look for those of others (`lsp`, `check --watch`).
    """
    gc.disable()
    try:
        main()
    except SystemExit as end:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):  # what could not be written has been said, or cannot be
                stream.flush()
        if sys.getprofile() or sys.gettrace():  # whoever measures or debugs has something to do at the end
            raise
        os._exit(int(end.code or 0))


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run smlint and exit. click's own exit codes do not shine through: wrong use is 2, Ctrl-C 130."""
    words = list(sys.argv[1:] if args is None else args)
    debug = "--debug" in words
    try:
        code = smlint.main(words, prog_name="smlint", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as exit:
        code = exit.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except click.ClickException as problem:
        problem.show()
        code = 2
    except Exception as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT) and error.filename is None:
            from smlint.cli.console import let_go  # click's own texts (--help, --version) met a full disk

            let_go(sys.stdout)
            click.echo(f"Error: standard output: cannot be written: {error.strerror}", err=True)
            sys.exit(2)
        if debug:
            raise
        said = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        click.echo(
            f"smlint: internal error: {said} (run again with --debug for a traceback, and please report it)", err=True
        )
        code = 2
    sys.exit(code if isinstance(code, int) else 0)
