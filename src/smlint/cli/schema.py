"""`smlint schema`: prints a JSON Schema."""

from __future__ import annotations

import click

from smlint.cli.console import echo
from smlint.cli.plain import Command

SCHEMAS = ("plan", "rule", "dimensions", "config", "report")


@click.command(cls=Command)
@click.argument("name", type=click.Choice(SCHEMAS), default="plan")
@click.option("--path", "show_path", is_flag=True, help="Print where the schema lies instead.")
def schema(name: str, show_path: bool) -> None:
    """Print a JSON Schema: of plans, rule files, dimensions, configuration or the JSON report."""
    from smlint.bundled import bundled

    file = bundled("schemas") / f"{name}.schema.json"
    echo(f"{file}\n" if show_path else file.read_bytes().decode("utf-8"))
