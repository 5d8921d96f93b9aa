"""What a command imports, and the small things that keep its start short."""

from __future__ import annotations

import copy
import importlib
import pickle
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import smlint
import smlint.cli
from smlint.pattern import _Lazy, pattern
from smlint.pool import MANY
from smlint.record import Record

PLAN = Path(__file__).parent.parent / "examples" / "customer-service.yaml"
DRAFT = Path(__file__).parent.parent / "examples" / "customer-service-first-draft.yaml"
# Dear to import, or of use to few: no command below may draw in more of these than it is listed with.
DEAR = (
    "babel", "calendar", "concurrent.futures", "dataclasses", "difflib", "email", "hashlib", "importlib.metadata",
    "jinja2", "json", "jsonpath_rfc9535", "jsonschema", "locale", "logging", "multiprocessing", "openpyxl", "pathlib",
    "pathspec", "platformdirs", "pygls", "regex", "socket", "sqlite3", "statistics", "subprocess", "tabulate",
    "tempfile", "textwrap", "unicodedata", "urllib.request", "watchfiles", "xlsxwriter", "yaml", "zoneinfo",
)  # fmt: skip
CHECK = ["check", "--as-of", "2027-01-15"]
JUDGING = {"yaml", "unicodedata", "zoneinfo"}  # the plans hold letters beyond ASCII, and time zones
COMMANDS: dict[str, tuple[list[str], set[str]]] = {
    "version": (["--version"], set()),
    "one good plan": ([*CHECK, "--format", "concise", str(PLAN)], JUDGING),
    "one bad plan": ([*CHECK, "--format", "concise", str(DRAFT)], JUDGING),
    "one bad plan as text": ([*CHECK, str(DRAFT)], JUDGING | {"textwrap"}),
    "one bad plan as JSON": ([*CHECK, "--format", "json", str(DRAFT)], JUDGING | {"json", "hashlib"}),
}
# What the two libraries import that smlint cannot do without is theirs.
FLOOR = "import click, yaml, sys; print(*sys.modules)"
RUN = "import sys\nfrom smlint.cli import main\ntry: main()\nexcept SystemExit: print(); print(*sys.modules)"


def imported(code: str, *arguments: str) -> set[str]:
    """The modules that a run has loaded at its end."""
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    return set(done.stdout.split("\n")[-2].split())


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_imports_only_what_it_needs(name: str) -> None:
    arguments, allowed = COMMANDS[name]
    found = imported(RUN, *arguments)
    assert found & set(DEAR) - (imported(FLOOR) - {"yaml"}) <= allowed


@pytest.mark.parametrize(
    ("more", "brings"), [(["--no-cache"], set()), ([], {"json", "platformdirs", "sqlite3", "pathlib", "tempfile"})]
)
def test_many_plans_import_no_more_than_remembering_takes(
    more: list[str], brings: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(MANY):
        (tmp_path / f"{number}.yaml").write_text(f"smlint: 1\ntitle: Plan {number}\n")
    monkeypatch.setenv("SMLINT_CACHE_DIR", str(tmp_path / "cache"))
    found = imported(RUN, *CHECK, "--format", "concise", "--jobs", "1", *more, str(tmp_path))
    assert found & set(DEAR) - imported(FLOOR) <= brings
    assert ("sqlite3" in found) == bool(brings)
    assert "_hashlib" not in found


@pytest.mark.parametrize(
    "words",
    [
        "smlint ",
        "smlint explain goal-",
        "smlint check --select goal-",
        *(f"smlint {name} --" for name in smlint.cli.COMMANDS),
    ],
)
def test_completion_reads_no_plan_and_no_yaml(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever presses Tab waits."""
    monkeypatch.setenv("_SMLINT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
    run = "import sys\nfrom smlint.cli import main\ntry: main()\nexcept SystemExit: print(); print(*sys.modules)"
    assert "yaml" not in imported(run)


# --- expressions -------------------------------------------------------------------------------------------------


def test_every_expression_can_be_compiled() -> None:
    found = 0
    for info in pkgutil.walk_packages(smlint.__path__, "smlint."):
        if info.name == "smlint.__main__":
            continue
        for value in vars(importlib.import_module(info.name)).values():
            for each in value if isinstance(value, list | tuple) else [value]:
                if type(each) is _Lazy:
                    found += 1
                    re.compile(each._source, each._flags)
    assert found > 30


def test_an_expression_is_compiled_once_and_answers_like_any_other() -> None:
    lazy = pattern(r"(\w)\d", re.IGNORECASE)
    found = lazy.search("-a1")
    assert found is not None
    assert found[1] == "a"
    assert lazy.search is lazy.search
    assert lazy.sub("x", "a1b2") == "xx"
    assert lazy.pattern == r"(\w)\d"
    with pytest.raises(re.error):
        pattern("(").search("")


# --- records -----------------------------------------------------------------------------------------------------


class Point(Record):
    """A record for these tests."""

    x: int
    y: int = 2
    z: str = "z"

    @property
    def sum(self) -> int:
        return self.x + self.y


def test_records_are_tuples_with_names() -> None:
    assert Point(1) == (1, 2, "z")
    assert Point(1, 3) == (1, 3, "z")
    assert Point(1, 3, "y") == (1, 3, "y")
    point = Point(1, z="a")
    assert point == (1, 2, "a") == Point(x=1, y=2, z="a")
    assert hash(point) == hash((1, 2, "a"))
    assert (point.x, point.y, point.z, point.sum) == (1, 2, "a", 3)
    x, *_ = point
    assert x == 1
    assert point._asdict() == {"x": 1, "y": 2, "z": "a"}
    assert point._replace(y=5) == (1, 5, "a")
    assert repr(point) == "Point(x=1, y=2, z='a')"
    assert type(pickle.loads(pickle.dumps(point))) is type(copy.deepcopy(point)) is Point
    assert pickle.loads(pickle.dumps(point)) == copy.deepcopy(point) == point
    assert Point._fields == ("x", "y", "z")
    assert not hasattr(point, "__dict__")
    match point:
        case Point(1, y, z="a"):
            assert y == 2
        case _:
            pytest.fail("it matches")


@pytest.mark.parametrize(
    ("given", "named"), [((), {}), ((1, 2, "a", 4), {}), ((1,), {"x": 1}), ((1,), {"w": 1}), ((), {"y": 1})]
)
def test_records_refuse_what_they_do_not_have(given: tuple[object, ...], named: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        Point(*given, **named)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Point(1)._replace(w=1)
