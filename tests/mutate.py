"""Mutation testing (`make mutate`): one small fault at a time in the modules that decide, and whether a test sees it.

The faults are mutmut's. Its own runner leaves out what is decorated and what stands outside functions, half of the
score; so they are tried here: in a fork of a process that has everything of others imported, with the mutated text in
place of the module's, and with the tests that judge it. No file is written.
"""

from __future__ import annotations

import ast
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from difflib import unified_diff
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from itertools import chain
from pathlib import Path
from types import CodeType
from typing import Any

import libcst as cst
import pytest
from mutmut.mutation.mutators import mutation_operators

TOP = Path(__file__).parent.parent
LEAST = 85  # percent of the mutants of each module that the tests must see
MEMORY = 4 << 30
PASSED = 0
SLOW = "grows or linear or walked_once or cost_no_more or any_revision or several_processes"  # judges speed, or is slow

# The tests that judge a module, in the order in which they are run until one fails.
JUDGES = {
    "score": "score golden",
    "gate": "gate",
    "plan": "plan plan_properties",
    "checks/__init__": "plugins checks config",
    "checks/dates": "checks",
    "checks/verdict": "checks",
    "checks/general": "checks",
    "checks/texts": "checks",
    "checks/domain": "checks",
    "quick": "quick checks",
    "translation": "quick",
}


# --- mutants ---------------------------------------------------------------------------------------------------------


def mutants(text: str) -> Iterator[str]:
    """The texts of a module with one fault each."""
    module = cst.parse_module(text)
    faults = _Faults()
    module.visit(faults)
    original, seen = _meaning(text), set[str]()
    for old, new in faults.found:
        mutant = module.deep_replace(old, new).code  # type: ignore[arg-type]
        meaning = _meaning(mutant)
        if meaning != original and meaning not in seen:
            seen.add(meaning)
            yield mutant


def _meaning(text: str) -> str:
    return ast.dump(ast.parse(text))


class _Faults(cst.CSTVisitor):
    """What mutmut would write instead of each node, and a condition turned round, which it has not."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[cst.CSTNode, cst.CSTNode]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Annotation | cst.Decorator | cst.Import | cst.ImportFrom) or _of_python(node):
            return False
        for kind, faults in mutation_operators:
            self.found += [(node, new) for new in faults(node)] if isinstance(node, kind) else []
        if isinstance(node, cst.If | cst.While | cst.CompIf):
            test = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
            self.found.append((node.test, cst.UnaryOperation(cst.Not(), test)))
        return True


def _of_python(node: cst.CSTNode) -> bool:
    """`__all__`, `__slots__`: what only tools and the interpreter read."""
    return isinstance(node, cst.Assign) and str(getattr(node.targets[0].target, "value", "")).startswith("__")


# --- trying them -----------------------------------------------------------------------------------------------------


class _Mutant(SourceFileLoader):
    """Finds and loads one module from a text."""

    def __init__(self, name: str, file: Path, text: str) -> None:
        super().__init__(name, str(file))
        self.text = text

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        return spec_from_file_location(name, self.path, loader=self) if name == self.name else None

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.text, self.path, "exec")


def warm(tests: list[str]) -> None:
    """Import what the tests import, and forget what is ours: each fork imports that anew."""
    _pytest(["--collect-only", *tests])
    for name in [name for name in sys.modules if name.partition(".")[0] in ("smlint", "tests")]:
        del sys.modules[name]


def _pytest(arguments: list[str]) -> int:
    return int(
        pytest.main(
            ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--tb=no", "-k", f"not ({SLOW})", *arguments]
        )
    )


def started(mutant: _Mutant, tests: list[str]) -> int:
    """A process that ends with 0 when the tests pass."""
    sys.stdout.flush()
    if pid := os.fork():
        return pid
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    sys.meta_path.insert(0, mutant)  # type: ignore[arg-type]
    os._exit(_pytest(tests))


def tried(name: str, file: Path, tests: list[str]) -> Counter[str]:
    """How many mutants of a module were killed, survived or took too long; prints those that survived."""
    text, found = file.read_text("utf-8"), Counter[str]()
    start = time.monotonic()
    if os.waitpid(started(_Mutant(name, file, text), tests), 0)[1] != PASSED:
        raise SystemExit(f"the tests of {name} fail without any mutation: {' '.join(tests)}")
    limit = 10 + 3 * (time.monotonic() - start)
    running: dict[int, tuple[str, float]] = {}
    for mutant in chain(mutants(text), [""] * len(os.sched_getaffinity(0))):
        while len(running) >= len(os.sched_getaffinity(0)) or (running and not mutant):
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid:
                gone = running.pop(pid)[0]
                found["survived" if status == PASSED else "killed"] += 1
                if status == PASSED:
                    print(_difference(text, gone, file), flush=True)
                continue
            for late in [pid for pid, (_, deadline) in running.items() if time.monotonic() > deadline]:
                os.killpg(late, signal.SIGKILL)
                os.waitpid(late, 0)
                del running[late]
                found["timeout"] += 1
            time.sleep(0.01)
        if mutant:
            running[started(_Mutant(name, file, mutant), tests)] = (mutant, time.monotonic() + limit)
    return found


def _difference(text: str, mutant: str, file: Path) -> str:
    lines = list(unified_diff(text.splitlines(), mutant.splitlines(), lineterm="", n=0))[2:]
    return "\n".join([f"{file.relative_to(TOP)} {lines[0]}", *lines[1:]])


def main(modules: list[str]) -> int:
    table = {}
    for module in modules or JUDGES:
        name = f"smlint.{module}".replace("/", ".").removesuffix(".__init__")
        tests = [f"tests/test_{judge}.py" for judge in JUDGES[module].split()]
        warm(tests)
        table[module] = tried(name, TOP / f"src/smlint/{module}.py", tests)
    table["all"] = sum(table.values(), Counter[str]())
    print(f"{'':18}{'mutants':>10}{'killed':>10}{'timeout':>10}{'survived':>10}{'seen':>8}")
    low = False
    for module, found in table.items():
        seen = 100 * (found.total() - found["survived"]) / found.total()
        low |= seen < LEAST
        counts = (found.total(), found["killed"], found["timeout"], found["survived"])
        print(f"{module:18}{''.join(f'{count:10}' for count in counts)}{seen:6.1f} %")
    return int(low)


if __name__ == "__main__":
    os.chdir(TOP)
    os.environ["HYPOTHESIS_PROFILE"] = "mutate"
    raise SystemExit(main(sys.argv[1:]))
