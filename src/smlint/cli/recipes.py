"""The files of the gate that `smlint init --ci` writes; docs/ci.md shows the same."""

from __future__ import annotations

import os

import click

from smlint import __version__
from smlint.cli.console import Problem, write

FILES = {
    "github": (".github/workflows/plans.yml", f"""\
name: Plans
on: pull_request
permissions:
  contents: read
jobs:
  smlint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
        with:
          fetch-depth: 2 # the merge and its parents: HEAD^1 is the branch that the change goes to
          persist-credentials: false
      - uses: your-organisation/smlint@v{__version__}
        with:
          paths: plans
          since: HEAD^1
"""),
    "gitlab": (".gitlab-ci.yml", f"""\
include:
  - project: your-group/smlint
    ref: v{__version__}
    file: ci/gitlab.yml
smlint:
  variables:
    SMLINT_PATHS: plans
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
"""),
    "pre-commit": (".pre-commit-config.yaml", f"""\
repos:
  - repo: https://example.org/smlint # where you have it
    rev: v{__version__}
    hooks:
      - id: smlint-ratchet
"""),
}  # fmt: skip


def write_gate(kind: str, language: str, force: bool) -> None:
    """Write the file that has smlint judge every change, and say what is left to do."""
    from smlint.begin import conversation  # noqa: F401  # the words of init
    from smlint.words import say

    file, text = FILES[kind]
    if os.path.lexists(file) and not force:
        raise Problem(f"{file} is there already; add this to it, or write over it with --force:\n\n{text}")
    if os.path.dirname(file):
        os.makedirs(os.path.dirname(file), exist_ok=True)
    write(file, text)
    click.echo(say("ci.wrote", language, file=file))
    click.echo(say(f"ci.{kind}", language))
