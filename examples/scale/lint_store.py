"""Lints the plans of any store that fsspec knows on a Dask cluster: `python lint_store.py s3://bucket/plans --out …`.

The results are JSON Lines in order of the plans' names: the same bytes whatever the number of workers, the size of the
partitions, and the workers that died on the way. docs/scale.md tells how to run it and what it costs.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from typing import IO, Any, NamedTuple
from uuid import uuid4

from distributed import Client, Future, KilledWorker, LocalCluster, WorkerPlugin, get_worker, wait
from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs

from smlint import __version__
from smlint.discovery import SUFFIXES
from smlint.finding import SEVERITIES, Finding
from smlint.gate import decide, summary
from smlint.plan import Limits
from smlint.report import Report, judge
from smlint.reporters.style import shown_total
from smlint.rulebook import load
from smlint.settings import Settings

AT_ONCE = 16  # plans that are read together: hides a store's latency, and bounds what hostile plans hold in memory
MOST = 1_000  # findings that a line lists; a plan of 20 MB can have a million

Lines = tuple[bytes, Counter[str]]  # JSON Lines, and how many of their plans "passed", "failed" or were "unread"


class Store(NamedTuple):
    """A place that fsspec knows: a URL, and what its kind of store wants to be told (keys, regions …)."""

    url: str
    options: dict[str, Any] = {}

    def opened(self) -> tuple[AbstractFileSystem, str]:
        """The file system, and the path in it. Raises whatever a store raises."""
        found: tuple[AbstractFileSystem, str] = url_to_fs(self.url, **self.options)
        return found


# --- what a worker does ----------------------------------------------------------------------------------------------


class Linter(WorkerPlugin):
    """Lints plans of one store. Each worker process sets up its own, once, and so does one that replaces a dead one."""

    def __init__(self, store: Store, as_of: date, fail_on: str = "error") -> None:
        self.name = f"smlint-{uuid4().hex}"  # several runs may share a cluster
        self.store = store
        self.as_of = as_of
        self.fail_on = fail_on
        self.rules = (__version__, load().fingerprint)

    def setup(self, worker: Any = None) -> None:
        """Read the rules and open the store. Raises RuntimeError where this process would judge otherwise."""
        book = load()
        if (__version__, book.fingerprint) != self.rules:
            raise RuntimeError("a worker has another version of smlint, or other rules")
        self.settings = Settings(book, fail_on=self.fail_on)
        self.files, _ = self.store.opened()

    def lines(self, names: list[str]) -> Lines:
        """The lines of some plans, in their order. Whatever is in the store, there is a line for each name."""
        lines, counts = [], Counter[str]()
        for some in parts(names, AT_ONCE):
            for name, raw in zip(some, self._read(some), strict=True):
                line, outcome = self._line(name, raw)
                lines.append(line)
                counts[outcome] += 1
        return b"".join(lines), counts

    def _read(self, names: list[str]) -> list[bytes | Exception]:
        """The bytes of plans, at most one more than a plan may have; or why there are none."""
        found = self.files.cat_ranges(names, 0, Limits().max_bytes + 1, on_error="return")
        return [
            self._plainly(name) if isinstance(raw, Exception) else raw for name, raw in zip(names, found, strict=True)
        ]

    def _plainly(self, name: str) -> bytes | Exception:
        """A second try without a range, which some stores refuse for an empty file."""
        try:
            with self.files.open(name, "rb") as file:
                raw: bytes = file.read(Limits().max_bytes + 1)
                return raw
        except Exception as error:
            return error

    def _line(self, name: str, raw: bytes | Exception) -> tuple[bytes, str]:
        if isinstance(raw, Exception):
            return unread(name, reason(raw)), "unread"
        try:
            report = judge(name, raw, self.settings, self.as_of)
            passed = decide((report,)).passed
            return encoded(facts(report, passed)), "passed" if passed else "failed"
        except Exception as error:  # a fault of ours costs one line, not the run
            return unread(name, f"smlint failed: {type(error).__name__}: {error}"), "unread"


def lint(linter: str, names: list[str]) -> Lines:
    """The task: lints a partition with the linter that this worker process has set up."""
    return get_worker().plugins[linter].lines(names)  # type: ignore[attr-defined, no-any-return]


def facts(report: Report, passed: bool) -> dict[str, Any]:
    """What a line says of a plan. Without a score it could not be parsed; the counts leave out what is waived."""
    score, counts = report.score, summary((report,), (), ())
    return {
        "name": report.plan.name,
        "passed": passed,
        "score": float(shown_total(score)) if score else None,
        "exact": str(score.total) if score else None,
        "level": score.level if score else None,
        "counts": {kind: counts[kind] for kind in (*SEVERITIES, "waived")},
        "findings": [described(report, finding) for finding in report.findings[:MOST]],
    }


def described(report: Report, finding: Finding) -> dict[str, Any]:
    """A finding, worded in the plan's language."""
    return {
        "id": finding.id,
        "rule": finding.rule.id,
        "severity": finding.severity,
        "line": finding.place.line,
        "column": finding.place.column,
        "message": finding.message(report.language or "en"),
        "waived": report.waived(finding),
    }


def unread(name: str, problem: str) -> bytes:
    """The line of a plan that could not be judged."""
    return encoded({"name": name, "problem": problem})


def encoded(line: dict[str, Any]) -> bytes:
    """A line of JSON. Half characters, which file names may have, are escaped: UTF-8 has no bytes for them."""
    return (json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def reason(error: Exception) -> str:
    """Why something could not be done, as the store says it."""
    return str(getattr(error, "strerror", None) or error) or type(error).__name__


# --- what the client does --------------------------------------------------------------------------------------------


def plans_in(store: Store) -> tuple[list[str], list[str]]:
    """The names of the plans behind a URL (a file, a folder or a glob) in order, and what could not be listed.

    Only names are kept, some hundred bytes for each plan. Links are not followed. Raises whatever a store raises.
    """
    files, path = store.opened()
    if files.isdir(path):
        problems: list[str] = []
        return sorted(plans_under(files, path, problems)), problems
    if files.isfile(path):
        return [path], []
    return sorted(name for name, info in files.glob(path, detail=True).items() if info["type"] == "file"), []


def plans_under(files: AbstractFileSystem, top: str, problems: list[str]) -> Iterator[str]:
    """The plans in a folder and below it. Unlike fsspec's own walk, it tells which folders cannot be listed."""
    folders = [top]
    while folders:
        folder = folders.pop()
        try:
            entries = files.ls(folder, detail=True)
        except OSError as error:
            problems.append(f"{folder} cannot be listed ({reason(error)})")
            continue
        for entry in entries:
            if entry["type"] == "directory" and entry["name"].rstrip("/") != folder.rstrip("/"):
                folders.append(entry["name"])
            elif entry["type"] == "file" and entry["name"].lower().endswith(SUFFIXES):
                yield entry["name"]
        files.invalidate_cache(folder)  # a store may remember every entry that it has listed


def parts(names: list[str], size: int) -> Iterator[list[str]]:
    """The names in lists of a size."""
    return (names[start : start + size] for start in range(0, len(names), size))


def spread(client: Client, linter: Linter, partitions: Iterator[list[str]], ahead: int) -> Iterator[Lines]:
    """The lines of all partitions in their order, worked out by a cluster.

    No more than `ahead` partitions are in work or wait for their turn, so memory does not grow with their number. What
    a worker had when it died, others do again.
    """
    client.register_plugin(linter, linter.name)
    coming: deque[tuple[list[str], Future[Lines]]] = deque()
    try:
        for names in partitions:
            coming.append((names, client.submit(lint, linter.name, names, pure=False)))
            if len(coming) >= ahead:
                yield from outcome(client, linter, coming)
        while coming:
            yield from outcome(client, linter, coming)
    finally:
        client.unregister_worker_plugin(linter.name)


def outcome(client: Client, linter: Linter, coming: deque[tuple[list[str], Future[Lines]]]) -> Iterator[Lines]:
    """The lines of the partition whose turn it is. One that has cost too many workers is done again plan by plan."""
    names, future = coming.popleft()
    try:
        yield future.result()
    except KilledWorker:
        wait([later for _, later in coming])  # with nothing else in work, nobody else can be blamed
        for name in names:
            yield alone(client, linter, name)


def alone(client: Client, linter: Linter, name: str) -> Lines:
    """The line of a plan that may be what kills workers."""
    try:
        lines: Lines = client.submit(lint, linter.name, [name], pure=False).result()
        return lines
    except KilledWorker as error:
        return unread(name, f"{error.allowed_failures + 1} workers died of it"), Counter(unread=1)


@contextmanager
def cluster(scheduler: str | None, workers: int) -> Iterator[Client]:
    """A client of the cluster at an address, or of one on this machine, with processes of one thread each."""
    if scheduler:
        with Client(scheduler) as client:
            yield client
    else:
        with (
            LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0") as local,
            Client(local) as client,
        ):
            yield client


@contextmanager
def outcomes(given: argparse.Namespace, linter: Linter, names: list[str]) -> Iterator[Iterator[Lines]]:
    """The lines of all plans, from a cluster or, with no workers, from this process."""
    partitions = parts(names, given.partition)
    if not given.scheduler and not given.workers:
        linter.setup()
        yield map(linter.lines, partitions)
        return
    with cluster(given.scheduler, given.workers) as client:
        client.wait_for_workers(1)
        ahead = given.ahead or 4 * sum(client.nthreads().values())
        yield spread(client, linter, partitions, ahead)


@contextmanager
def written(store: Store) -> Iterator[IO[bytes]]:
    """A file of a store that gets its name when it is whole; `-` is standard output. Raises whatever a store raises."""
    if store.url == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    files, path = store.opened()
    if files.isdir(path):
        raise IsADirectoryError(f"{store.url} is a folder")
    part = f"{path}.part"
    try:
        with files.open(part, "wb") as file:
            yield file
        files.mv(part, path)
    except BaseException:
        with suppress(Exception):
            files.rm_file(part)
        raise


def run(given: argparse.Namespace) -> int:
    """The whole trip: names → partitions → lines → file. Gives the exit code."""
    plans = Store(given.url, given.storage_options)
    names, problems = plans_in(plans)
    if not names and not problems:
        raise LookupError(f"there is no plan at {given.url}")
    total, linter = Counter[str](), Linter(plans, given.as_of, given.fail_on)
    with written(Store(given.out, given.storage_options)) as file, outcomes(given, linter, names) as results:
        for lines, counts in results:
            file.write(lines)
            total += counts
    for problem in problems:
        complain(problem)
    complain(
        f"{len(names):,} plans: {total['passed']:,} passed, {total['failed']:,} failed, "
        f"{total['unread']:,} could not be read"
    )
    return 2 if total["unread"] or problems else 1 if total["failed"] else 0


def complain(text: str) -> None:
    print(f"lint_store: {text}", file=sys.stderr)


def arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("url", help="a plan, a folder of plans, or a glob; whatever fsspec knows")
    add("--out", default="-", metavar="URL", help="where the results go (default: standard output)")
    add("--as-of", type=date.fromisoformat, default=date.today(), metavar="DATE", help="the day to judge by")
    add("--fail-on", choices=[*SEVERITIES, "never"], default="error", help="least severity that fails (error)")
    add("--scheduler", metavar="ADDRESS", help="a Dask cluster's; without one, a cluster on this machine")
    add("--workers", type=int, default=2, metavar="N", help="processes of that cluster (2); 0: no cluster")
    add("--partition", type=int, default=200, metavar="N", help="plans in a task (200)")
    add("--ahead", type=int, metavar="N", help="partitions in work or waiting (4 for each thread at the start)")
    add("--storage-options", type=json.loads, default={}, metavar="JSON", help="passed to fsspec")
    given = parser.parse_args(words)
    if given.workers < 0 or given.partition < 1 or (given.ahead is not None and given.ahead < 1):
        parser.error("--workers must be 0 or more, --partition and --ahead 1 or more")
    if not isinstance(given.storage_options, dict):
        parser.error("--storage-options must be a JSON object")
    return given


def main(words: list[str] | None = None) -> int:
    """0: all plans pass; 1: some fail; 2: something could not be read. 130: Ctrl-C."""
    given = arguments(words)
    try:
        return run(given)
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # stores and clusters have errors of every kind
        complain(f"{type(error).__name__}: {error}")
        return 2


if __name__ == "__main__":
    sys.exit(main())
