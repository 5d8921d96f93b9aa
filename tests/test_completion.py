"""Completion in real shells: what Tab offers in bash, zsh and fish."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from smlint.rulebook import load

ENVIRONMENT = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
GOALS = sorted(id for id in load().rules if id.startswith("goal-"))


def shell(name: str, *words: str) -> str:
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed: make editors")
    run = subprocess.run([name, *words], env=ENVIRONMENT, capture_output=True, timeout=60, check=True)
    return run.stdout.decode()


def offered(words: str, number: int, form: str = "bash") -> list[str]:
    """What smlint answers to a shell."""
    asked = {**ENVIRONMENT, "_SMLINT_COMPLETE": f"{form}_complete", "COMP_WORDS": words, "COMP_CWORD": str(number)}
    run = subprocess.run([sys.executable, "-c", "from smlint.cli import main; main()"], env=asked, capture_output=True)
    return run.stdout.decode().splitlines()


@pytest.mark.parametrize(
    ("words", "number", "expected"),
    [
        ("smlint ex", 1, ["plain,explain", "file,ex"]),
        ("smlint plan", 1, ["file,plan"]),
        ("smlint explain goal-", 2, [f"plain,{id}" for id in GOALS]),
        ("smlint check --select error,tone-m", 3, ["plain,error,tone-missing"]),
        ("smlint check --ignore measure", 3, ["plain,measurement"]),
        ("smlint check --format j", 3, ["plain,json", "plain,junit"]),
        ("smlint report pl", 2, ["file,pl"]),
        ("smlint --ver", 1, ["plain,--version"]),
    ],
)
def test_what_is_offered(words: str, number: int, expected: list[str]) -> None:
    assert offered(words, number) == expected


def test_rules_come_with_their_titles() -> None:
    lines = offered("smlint explain goal-without", 2, "zsh")
    assert lines == ["plain", "goal-without-initiative", "Every goal has an initiative"]


def test_bash() -> None:
    script = (
        'eval "$(_SMLINT_COMPLETE=bash_source smlint)"; COMP_WORDS=(smlint explain goal-); COMP_CWORD=2; '
        '_smlint_completion smlint; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    assert shell("bash", "-c", script).split() == GOALS


def test_fish() -> None:
    script = 'env _SMLINT_COMPLETE=fish_source smlint | source; complete -C "smlint explain goal-"'
    assert [line.split("\t")[0] for line in shell("fish", "-N", "-c", script).splitlines()] == GOALS


def test_zsh() -> None:
    script = (
        "autoload -U compinit; compinit -u -D; "
        'eval "$(_SMLINT_COMPLETE=zsh_source smlint)"; '
        # what the completion system would do with the answers is seen by taking its place
        'compadd() { print -l "$@" }; _describe() { shift 2; print -l -- "${completions_with_descriptions[@]}" }; '
        "words=(smlint explain goal-); CURRENT=3; _smlint_completion"
    )
    lines = shell("zsh", "-f", "-c", script).splitlines()
    assert [line.split(":")[0] for line in lines if line.startswith("goal-")] == GOALS
