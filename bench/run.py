"""Measures smlint against a floor and its peers, and prints ratios: `python bench/run.py --suite startup`."""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from clock import Command, Cost, Rounds, cpu, own_peak, peak, ratio, take_turns
from peers import HERE, Peer, find_peers
from tables import Table, number

ROUNDS = {"startup": 15, "corpus": 5, "big": 5}
SMLINT = [sys.executable, "-m", "smlint"]
CHECK = [*SMLINT, "check", "--as-of", "2027-01-15", "--format", "concise"]
# Without the cache, because every round must do the work; in one process, because the peers use one.
PLAINLY = {"--no-cache": ["--no-cache"], "--jobs": ["--jobs", "1"]}
SPECTRAL = ["lint", "--ruleset", str(HERE / "spectral.yaml")]
# What a shell runs when Tab is pressed after `smlint explain goal-`.
COMPLETION = ["env", "_SMLINT_COMPLETE=bash_complete", "COMP_WORDS=smlint explain goal-", "COMP_CWORD=2"]
FLOOR = "floor: PyYAML's C events"
GOOD = "smlint, good plans"


@dataclass(frozen=True, slots=True)
class Options:
    rounds: int | None
    plans: int
    peer_plans: int
    quick: bool
    install: bool
    schema: Path
    data: Path

    def rounds_of(self, suite: str) -> int:
        return self.rounds or (1 if self.quick else ROUNDS[suite])


def check(notes: list[str]) -> list[str]:
    """The command that is measured; an option that this smlint lacks is left out, and said."""
    page = subprocess.run([*CHECK, "--help"], capture_output=True, text=True, check=False).stdout
    missing = [option for option in PLAINLY if option not in page] if page else []
    notes += [f"This smlint has no {option}; measured without it." for option in missing]
    return [*CHECK, *(word for option, words in PLAINLY.items() if option not in missing for word in words)]


# ---------------------------------------------------------------- start-up


def startup(options: Options) -> Table:
    """What one run on one file costs, in units of importing the two libraries that smlint cannot do without."""
    folder = options.data
    good, bad = write_corpora(folder, 1)
    unit = "import click, yaml"
    table = Table("Start-up: one command, one plan", ["command", "CPU, ms", f"× `{unit}`", "peak, MiB"])
    smlint = check(table.notes)
    commands = {
        unit: Command([sys.executable, "-c", unit]),
        "smlint --version": Command([*SMLINT, "--version"], codes=(0,)),
        "smlint, completion": Command([*COMPLETION, *SMLINT], codes=(0,)),
        "smlint, one good plan": Command([*smlint, *good]),
        "smlint, one bad plan": Command([*smlint, *bad]),
    }
    costs = take_turns(commands, options.rounds_of("startup"), folder, table.notes)
    for name, measured in costs.items():
        share = ratio(cpu(measured), cpu(costs[unit])) if unit in costs else None
        table.rows.append([name, number(1000 * median(cpu(measured)), 1), number(share), number(peak(measured), 0)])
        table.raw[name] = {"costs": raw(measured), "ratio": share}
    return table


# ---------------------------------------------------------------- corpus


@dataclass(frozen=True, slots=True)
class Contestant:
    """A program that takes files, and how many of them it is given."""

    name: str
    argv: list[str]
    files: list[str]

    def commands(self) -> dict[str, Command]:
        return {self.one: Command([*self.argv, self.files[0]]), self.many: Command([*self.argv, *self.files])}

    @property
    def one(self) -> str:
        return f"{self.name}, 1 plan"

    @property
    def many(self) -> str:
        return f"{self.name}, {len(self.files)} plans"


def corpus(options: Options) -> Table:
    """Many plans in one process: what each further plan costs, and what the whole run does."""
    folder = options.data
    good, bad = write_corpora(folder, options.plans)
    header = [
        "command",
        "plans",
        "one plan, ms",
        "per further plan, ms",
        "× floor",
        "× smlint",
        f"{options.plans} plans, s",
        "× smlint",
        "peak, MiB",
    ]
    table = Table(f"Corpus: {options.plans:,} plans in one process", header)
    smlint = check(table.notes)
    contestants = [
        Contestant(FLOOR, [sys.executable, str(HERE / "floor.py")], good),
        Contestant(GOOD, smlint, good),
        Contestant("smlint, faulty plans", smlint, bad),
        *peers_at(good, options, table.notes),
    ]
    commands = {name: command for contestant in contestants for name, command in contestant.commands().items()}
    costs = take_turns(commands, options.rounds_of("corpus"), folder, table.notes)
    measured = [contestant for contestant in contestants if contestant.one in costs and contestant.many in costs]
    fill(table, measured, costs, options)
    table.notes += remarks(measured, costs, options)
    return table


def peers_at(files: list[str], options: Options, notes: list[str]) -> list[Contestant]:
    found = find_peers(options.install, notes)
    if not options.schema.exists():
        notes.append(f"check-jsonschema is left out: {options.schema} does not exist.")
        found.pop("check-jsonschema", None)
    arguments = {
        "check-jsonschema": ["--schemafile", str(options.schema)],
        "spectral": SPECTRAL,
        "yamllint": ["-d", "default"],
    }
    # The Python peers cost the same for every plan. Spectral does not: while Node compiles it, the first hundred cost a
    # third more each than a thousand do, so it is given them all rather than made out slower than it is.
    few = files[: options.peer_plans]
    given = {name: files if name == "spectral" else few for name in found}
    return [Contestant(title(peer), [str(peer.program), *arguments[name]], given[name]) for name, peer in found.items()]


def title(peer: Peer) -> str:
    return f"{peer.name} {peer.version}" + (", 20 rules" if peer.name == "spectral" else "")


def per_plan(contestant: Contestant, costs: Rounds) -> list[float]:
    """CPU seconds of each plan after the first, round by round; start-up is what it costs to do one."""
    further = len(contestant.files) - 1
    return [
        (many.cpu - one.cpu) / further for one, many in zip(costs[contestant.one], costs[contestant.many], strict=True)
    ]


def whole(contestant: Contestant, costs: Rounds, plans: int) -> list[float]:
    """CPU seconds for so many plans: measured, or reckoned from fewer at the same price each."""
    left = plans - len(contestant.files)
    return [
        many.cpu + left * each for many, each in zip(costs[contestant.many], per_plan(contestant, costs), strict=True)
    ]


def fill(table: Table, contestants: list[Contestant], costs: Rounds, options: Options) -> None:
    named = {contestant.name: contestant for contestant in contestants}
    each = {name: per_plan(contestant, costs) for name, contestant in named.items()}
    full = {name: whole(contestant, costs, options.plans) for name, contestant in named.items()}
    for name, contestant in named.items():
        ratios = {
            "per_plan_of_floor": ratio(each[name], each[FLOOR]) if FLOOR in each else None,
            "per_plan_of_smlint": ratio(each[name], each[GOOD]) if GOOD in each else None,
            "whole_of_smlint": ratio(full[name], full[GOOD]) if GOOD in full else None,
        }
        row = [name, str(len(contestant.files)), number(1000 * median(cpu(costs[contestant.one])), 0)]
        row += [
            number(1000 * median(each[name])),
            number(ratios["per_plan_of_floor"]),
            number(ratios["per_plan_of_smlint"]),
        ]
        row += [number(median(full[name])), number(ratios["whole_of_smlint"]), number(peak(costs[contestant.many]), 0)]
        table.rows.append(row)
        figures = {
            "one": raw(costs[contestant.one]),
            "many": raw(costs[contestant.many]),
            "plans": len(contestant.files),
        }
        table.raw[name] = figures | {"per_plan_ms": 1000 * median(each[name])} | ratios


def remarks(contestants: list[Contestant], costs: Rounds, options: Options) -> list[str]:
    notes = ["Per further plan: CPU of the whole run less that of its own run on one plan, shared among the others."]
    fewer = [contestant for contestant in contestants if len(contestant.files) < options.plans]
    if fewer:
        names, count = " and ".join(contestant.name for contestant in fewer), len(fewer[0].files)
        notes.append(
            f"{names} were given the first {count} good plans; {options.plans:,} are reckoned at the same price each."
        )
    for contestant in contestants:
        # A tool that ends with 1 on good plans found errors there: worth knowing before its speed is quoted.
        if contestant.name != "smlint, faulty plans" and any(cost.code for cost in costs[contestant.many]):
            notes.append(f"{contestant.name} reported errors in good plans.")
    return notes


# ---------------------------------------------------------------- big


def big(options: Options) -> Table:
    """Ten times the plan should take ten times the time: anything above is a rule that is not linear."""
    sizes = (0.1, 1.0) if options.quick else (1.0, 10.0)
    small, large = (f"{size:g} MB" for size in sizes)
    header = ["command", f"{small}: CPU, s", f"{large}: CPU, s", "ratio", f"{small}: MiB", f"{large}: MiB", "ratio"]
    table = Table(f"One big plan: {small} and {large}", header)
    files = [f"big-{size:g}.yaml" for size in sizes]
    for size, file in zip(sizes, files, strict=True):
        generate(options.data / file, "--megabytes", str(size))
    programs = {FLOOR: [sys.executable, str(HERE / "floor.py")], "smlint": check(table.notes)}
    if spectral := find_peers(options.install, table.notes).get("spectral"):
        programs[title(spectral)] = [str(spectral.program), *SPECTRAL]
    commands = {f"{name}, {file}": Command([*argv, file]) for name, argv in programs.items() for file in files}
    costs = take_turns(commands, options.rounds_of("big"), options.data, table.notes)
    for name in programs:
        little, much = (costs.get(f"{name}, {file}") for file in files)
        if little and much:
            compare(table, name, little, much)
    return table


def compare(table: Table, name: str, little: list[Cost], much: list[Cost]) -> None:
    time, memory = ratio(cpu(much), cpu(little)), peak(much) / peak(little)
    row = [name, number(median(cpu(little))), number(median(cpu(much))), number(time, 1)]
    table.rows.append([*row, number(peak(little), 0), number(peak(much), 0), number(memory, 1)])
    table.raw[name] = {"small": raw(little), "large": raw(much), "cpu_ratio": time, "memory_ratio": memory}


# ---------------------------------------------------------------- plans to measure on


def generate(out: Path, *arguments: str) -> None:
    # In a process of its own, so that the plans' memory is not ours (see clock.spend).
    subprocess.run([sys.executable, str(HERE / "generate.py"), str(out), *arguments], check=True)


def write_corpora(folder: Path, plans: int) -> tuple[list[str], list[str]]:
    """Good and faulty plans, written anew: names relative to the folder, which commands run in."""
    for kind in ("good", "faulty"):
        shutil.rmtree(folder / kind, ignore_errors=True)
    generate(folder / "good", "--plans", str(plans))
    generate(folder / "faulty", "--plans", str(plans), "--faulty", "--seed", "2")
    good, bad = ([f"{kind}/plan-{number:05}.yaml" for number in range(plans)] for kind in ("good", "faulty"))
    return good, bad


# ---------------------------------------------------------------- the door


def raw(costs: list[Cost]) -> list[dict[str, float]]:
    return [asdict(cost) for cost in costs]


SUITES: dict[str, Callable[[Options], Table]] = {"startup": startup, "corpus": corpus, "big": big}


def machine() -> dict[str, str]:
    # The build is named because a Python without profile-guided optimisation is a quarter slower.
    build = f"{platform.python_implementation()} {platform.python_version()}, {platform.python_compiler()}"
    return {"python": build, "executable": sys.executable, "system": platform.platform()}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", action="append", choices=list(SUITES), help="repeatable; default: all")
    parser.add_argument("--rounds", type=int, help="default: 15 for startup, 5 for the others")
    parser.add_argument("--plans", type=int, help="plans in the corpus (1,000)")
    parser.add_argument("--peer-plans", type=int, default=100, help="plans that the Python peers are given (100)")
    parser.add_argument(
        "--quick", action="store_true", help="1 round, 50 plans, 0.1 and 1 MB: a look, not a measurement"
    )
    parser.add_argument("--no-install", action="store_true", help="leave out peers that are not there")
    parser.add_argument(
        "--schema", type=Path, default=HERE.parent / "schemas/plan.schema.json", help="for check-jsonschema"
    )
    parser.add_argument("--data", type=Path, default=HERE / ".data", help="where plans are written")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every figure of every round as well")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    plans = max(2, given.plans or (50 if given.quick else 1000))
    peer_plans = max(2, min(given.peer_plans, plans))
    options = Options(
        given.rounds, plans, peer_plans, given.quick, not given.no_install, given.schema.resolve(), given.data.resolve()
    )
    options.data.mkdir(parents=True, exist_ok=True)
    results: dict[str, Any] = {"machine": machine(), "suites": {}}
    print("\n".join(machine().values()))
    print(
        f"Ratios are medians of the rounds' own ratios. A peak of {own_peak():.0f} MiB or less is this runner's own.\n"
    )
    for name in given.suite or list(SUITES):
        table = SUITES[name](options)
        print(table, flush=True)
        results["suites"][name] = {"rounds": options.rounds_of(name), "rows": table.raw, "notes": table.notes}
    if given.json:
        given.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
