"""`smlint lsp`: the language server that editors start."""

from __future__ import annotations

import datetime
import gc
from typing import Any

import click

from smlint.cli.console import Day, Problem
from smlint.cli.plain import Command


@click.command(cls=Command)
@click.option("--stdio", is_flag=True, help="Speak over standard input and output; there is no other way.")
@click.option("--config", metavar="FILE", help="This configuration, rather than the nearest one upwards.")
@click.option("--isolated", is_flag=True, help="No configuration at all.")
@click.option("--rules", "folders", multiple=True, metavar="DIR", help="Add the rules of a folder. May be repeated.")
@click.option("--plugin", "plugins", multiple=True, metavar="NAME", help="Allow an installed package's verbs.")
@click.option("--as-of", type=Day(), metavar="DATE", help="The day to judge on (default: today, each day anew).")
@click.option("--lang", type=click.Choice(["en", "nb"]), help="Language (default: what each plan says, else en).")
def lsp(as_of: datetime.date | None, **options: Any) -> None:
    """Serve an editor: findings while one types, hover, completion, repairs. docs/editors.md says how to set it up."""
    try:
        from smlint.lsp.server import serve
    except ImportError:
        raise Problem("the language server needs the extra `lsp`: pip install 'smlint[lsp]'") from None
    from smlint.cli.work import chosen

    gc.enable()
    serve(chosen(options), as_of)
