"""Measures what a million plans cost with examples/scale, in CPU and memory: `python bench/scale.py`."""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median

from clock import Command, Cost, cpu, peak, ratio, take_turns
from tables import Table, number

HERE = Path(__file__).parent
PROGRAM = HERE.parent / "examples" / "scale" / "lint_store.py"
MILLION = 1_000_000
ALONE = "one process, without Dask"
HEADER = [
    "", "start-up, CPU s", "CPU per plan, ms", "× one process", "plans/s per core", "plans/s", "MiB", "MiB, few plans",
    "a million plans, core-hours",
]  # fmt: skip


def measure(data: Path, few: int, many: int, rounds: int, workers: int) -> Table:
    """Runs on few and on many plans: what the further plans cost is the price of a plan, the rest is start-up."""
    table = Table(f"Scale: {many:,} plans, half of them faulty", HEADER)
    names = {ALONE: 0} | {f"Dask, {n} worker{'s' if n > 1 else ''}": n for n in sorted({1, workers})}
    folders = {count: corpus(data / f"scale-{count}", count) for count in (few, many)}
    commands = {f"{name} {count}": lint(folders[count], n) for name, n in names.items() for count in folders}
    costs = take_turns(commands, rounds, data, table.notes)
    alone = per_plan(costs[f"{ALONE} {few}"], costs[f"{ALONE} {many}"], many - few)
    for name in names:
        little, much = costs[f"{name} {few}"], costs[f"{name} {many}"]
        each = per_plan(little, much, many - few)
        price = median(each)
        wall = median((b.wall - a.wall) / (many - few) for a, b in zip(little, much, strict=True))
        row = [number(median(cpu(little)) - few * price, 1), number(1000 * price, 2), number(ratio(each, alone))]
        row += [number(1 / price, 0), number(1 / wall, 0), number(peak(much), 0), number(peak(little), 0)]
        table.rows.append([name, *row, number(MILLION * price / 3600, 1)])
    table.notes += [
        f"Medians of {rounds} rounds. CPU is that of all processes: client, scheduler and workers.",
        f"CPU per plan: the run on {many:,} plans less the one on {few:,}, shared among the plans that it has more.",
        "Plans/s per core: of CPU time. Plans/s: of time on the clock, on this machine as busy as it was.",
        f"MiB: the peak of the largest process, be it a worker or the client; few plans are {few:,}.",
    ]
    return table


def per_plan(little: list[Cost], much: list[Cost], further: int) -> list[float]:
    """CPU seconds of each further plan, round by round."""
    return [(b - a) / further for a, b in zip(cpu(little), cpu(much), strict=True)]


def lint(folder: Path, workers: int) -> Command:
    words = [folder.as_uri(), "--workers", str(workers), "--as-of", "2027-01-15"]
    return Command([sys.executable, str(PROGRAM), *words])


def corpus(folder: Path, count: int) -> Path:
    """Plans written anew, good and faulty ones, a thousand in a folder at most."""
    shutil.rmtree(folder, ignore_errors=True)
    for start in range(0, count, 1000):
        half = min(1000, count - start) // 2
        for kind, faults in (("good", []), ("faulty", ["--faulty"])):
            out = folder / f"{start // 1000:04}" / kind
            words = [str(out), "--plans", str(half), "--seed", str(start // 500 + len(faults) + 1), *faults]
            # In a process of its own, so that the plans' memory is not ours (see clock.spend).
            subprocess.run([sys.executable, str(HERE / "generate.py"), *words], check=True)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plans", type=int, default=4000, help="the greater number of plans (4,000)")
    parser.add_argument("--few", type=int, default=400, help="the smaller number (400)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2, help="the greater number of workers (2)")
    parser.add_argument("--data", type=Path, default=HERE / ".data", help="where plans are written")
    given = parser.parse_args()
    given.data.mkdir(parents=True, exist_ok=True)
    build = f"{platform.python_implementation()} {platform.python_version()}, {platform.python_compiler()}"
    print(f"{build}\n{platform.platform()}\n")
    print(measure(given.data.resolve(), given.few, given.plans, given.rounds, given.workers))


if __name__ == "__main__":
    main()
