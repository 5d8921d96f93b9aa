"""examples/scale: the same lines as one process, whatever the store, the workers and what kills them."""

# ruff: noqa: E402 (distributed may be missing)

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytest.importorskip("distributed", reason="distributed is not installed: pip install '.[dask]'")
TOP = Path(__file__).parent.parent
sys.path.insert(0, str(TOP / "examples" / "scale"))

import cloudpickle
import dask
import fsspec
from distributed import Client, KilledWorker, LocalCluster
from fsspec.implementations.memory import MemoryFileSystem

import lint_store
from lint_store import Linter, Store
from smlint.plan import Limits
from tests.plans import DAY
from tests.test_cli import smlint

HEAD = "smlint: 1\ntitle: x\n"
HOSTILE = {
    "aliases.yaml": HEAD + "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1},' * 9}]\n" for n in range(1, 30)),
    "deep.json": '{"smlint": 1, "title": "x", "x-a": ' + "[" * 100_000,
    "empty.yml": "",
    "nothing.yaml": "a: 1\n",
    "nul.yaml": HEAD + "x-a: \0\0\n",
    "surrogate.yaml": HEAD + 'owner: {role: "\\ud800"}\n',
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 126 plans: the examples in two folders, in turns, with hostile ones among them."""
    made = tmp_path_factory.mktemp("plans")
    examples = sorted((TOP / "examples").glob("*.yaml"))
    for number in range(120):
        file = made / ("north" if number % 2 else "south") / f"plan-{number:03}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(examples[number % len(examples)].read_text("utf-8") + f"x-number: {number}\n", "utf-8")
    for name, text in HOSTILE.items():
        (made / "north" / name).write_text(text, "utf-8")
    (made / "README.md").write_text("no plan")
    return made


@pytest.fixture(scope="module")
def expected(folder: Path) -> dict[str, bytes]:
    """The line of each plan, made of what `smlint check` says of it in one process."""
    names = sorted(path.as_posix() for path in folder.rglob("*.*") if path.suffix != ".md")
    said = json.loads(smlint("check", *names, "--format", "json", "--as-of", DAY.isoformat()).out)
    return {each["path"]: line(each) for each in said["files"]}


def line(file: dict[str, Any]) -> bytes:
    score, findings = file["score"] or {"total": None, "exact": None, "level": None}, file["findings"]
    counts = Counter("waived" if each["waived"] else each["severity"] for each in findings)
    facts = {
        "name": file["path"],
        "passed": score["level"] is not None and not counts["error"],
        "score": score["total"],
        "exact": score["exact"],
        "level": score["level"],
        "counts": {kind: counts[kind] for kind in ("error", "warning", "info", "waived")},
        "findings": [
            {key: each[key] for key in ("id", "rule", "severity", "line", "column", "message", "waived")}
            for each in findings
        ],
    }
    return (json.dumps(facts, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A client of two worker processes, on a cluster that blames a task for the second worker that dies of it."""
    with dask.config.set({"distributed.scheduler.allowed-failures": 1}), lint_store.cluster(None, 2) as client:
        yield client


def processes(client: Client) -> set[int]:
    client.wait_for_workers(2)
    return set(client.run(os.getpid).values())


def spread(client: Client, store: Store, size: int = 5) -> Iterator[bytes]:
    """The lines of a store's plans, partition by partition, with four partitions on the way."""
    names, problems = lint_store.plans_in(store)
    assert problems == []
    for lines, _ in lint_store.spread(client, Linter(store, DAY), lint_store.parts(names, size), 4):
        yield lines


def run(capsysbinary: Any, *words: str) -> tuple[int, list[dict[str, Any]], str]:
    """The program in this process: its exit code, its lines, and what it said."""
    code = lint_store.main([*words, "--workers", "0", "--as-of", DAY.isoformat()])
    said = capsysbinary.readouterr()
    return code, [json.loads(each) for each in said.out.splitlines()], said.err.decode()


# One process and many


def test_a_cluster_gives_the_same_bytes_as_one_process(folder: Path, expected: dict[str, bytes]) -> None:
    out = folder.parent / "results.jsonl"
    program = [sys.executable, TOP / "examples/scale/lint_store.py", folder.as_uri(), "--out", out.as_uri()]
    done = subprocess.run(
        [*program, "--as-of", DAY.isoformat(), "--workers", "2", "--partition", "7"],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert out.read_bytes() == b"".join(expected.values())
    passed = sum(json.loads(each)["passed"] for each in expected.values())
    assert done.stderr.splitlines()[-1] == (
        f"lint_store: 126 plans: {passed} passed, {126 - passed} failed, 0 could not be read"
    )
    assert not list(folder.parent.glob("*.part"))


def test_killed_workers_change_nothing(client: Client, folder: Path, expected: dict[str, bytes]) -> None:
    before, lines = processes(client), b""
    for number, some in enumerate(spread(client, Store(folder.as_uri()))):
        lines += some
        if number == 3:  # of 26; the next three are with the workers
            for process in before:
                os.kill(process, signal.SIGKILL)
    assert lines == b"".join(expected.values())
    assert not before & processes(client)


def test_a_plan_that_kills_workers_costs_its_own_line(
    client: Client, folder: Path, expected: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    judge, kill, self, worst = lint_store.judge, os.kill, os.getpid, signal.SIGKILL

    def deadly(name: str, *rest: Any) -> Any:
        if name.endswith("plan-004.yaml"):
            kill(self(), worst)
        return judge(name, *rest)

    cloudpickle.register_pickle_by_value(lint_store)  # or the workers would import what is not deadly
    monkeypatch.setattr(lint_store, "judge", deadly)
    try:
        lines = b"".join(spread(client, Store(f"{folder.as_uri()}/south/plan-0[012]*.yaml")))
    finally:
        cloudpickle.unregister_pickle_by_value(lint_store)
    name = f"{folder.as_posix()}/south/plan-004.yaml"
    died = json.dumps({"name": name, "problem": "2 workers died of it"}).encode() + b"\n"
    south = {each: died if each == name else text for each, text in expected.items() if "/south/plan-0" in each}
    assert lines == b"".join(text for each, text in south.items() if each.rpartition("-")[2] < "030.yaml")


class Pretended:
    """A cluster that notes the partitions on the way; any with a deadly plan in it costs too many workers."""

    def __init__(self) -> None:
        self.coming: list[list[str]] = []
        self.most: dict[int, int] = {}  # size of a partition → partitions on the way at most when one was handed in
        self.left = False

    def register_plugin(self, linter: Linter, name: str) -> None: ...

    def unregister_worker_plugin(self, name: str) -> None:
        self.left = True

    def submit(self, task: Any, linter: str, names: list[str], pure: bool) -> Answer:
        self.coming.append(names)
        self.most[len(names)] = max(self.most.get(len(names), 0), len(self.coming))
        return Answer(self.coming, names)

    def lines(self, names: list[list[str]]) -> list[bytes]:
        return [lines for lines, _ in lint_store.spread(self, Linter(Store("memory://"), DAY), iter(names), 6)]  # type: ignore[arg-type]


class Answer(NamedTuple):
    """What a pretended cluster owes; it is on the way until somebody waits for it."""

    coming: list[list[str]]
    names: list[str]

    def result(self) -> tuple[bytes, Counter[str]]:
        self.wait()
        if "deadly" in self.names:
            raise KilledWorker("task", None, 3)
        return " ".join(self.names).encode(), Counter()

    def wait(self) -> None:
        self.coming[:] = [names for names in self.coming if names is not self.names]


def test_no_more_is_on_the_way_than_is_allowed() -> None:
    cluster = Pretended()
    assert len(cluster.lines([["a", str(number)] for number in range(100)])) == 100
    assert (cluster.most, cluster.coming, cluster.left) == ({2: 6}, [], True)


def test_whoever_may_kill_workers_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint_store, "wait", lambda answers: [answer.wait() for answer in answers])
    cluster = Pretended()
    lines = cluster.lines([["a", "deadly"], *(["b", str(number)] for number in range(9))])
    assert lines[:3] == [b"a", lint_store.unread("deadly", "4 workers died of it"), b"b 0"]
    assert cluster.most == {2: 6, 1: 1}


def test_a_worker_with_other_rules_is_refused(client: Client, folder: Path) -> None:
    linter = Linter(Store(folder.as_uri()), DAY)
    linter.rules = ("0", "sha256:")
    with pytest.raises(RuntimeError, match="another version of smlint"):
        list(lint_store.spread(client, linter, iter([["a"]]), 1))


# Stores


@pytest.fixture
def memory(folder: Path) -> Iterator[MemoryFileSystem]:
    """A store in memory that holds one good plan, a bad one, and an empty file."""
    store = fsspec.filesystem("memory")
    store.pipe("/plans/a/good.yaml", (TOP / "examples/customer-service.yaml").read_bytes())
    store.pipe("/plans/bad.yaml", (TOP / "examples/least.yaml").read_bytes())
    store.pipe("/plans/empty.yaml", b"")
    store.pipe("/plans/note.txt", b"smlint: 1\n")
    yield store
    store.store.clear()
    store.pseudo_dirs[:] = [""]


def test_a_store_in_memory_is_read_by_threads(memory: MemoryFileSystem) -> None:
    store = Store("memory://plans")
    alone = Linter(store, DAY)
    alone.setup()
    with (
        LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address="127.0.0.1:0") as threads,
        Client(threads) as client,
    ):
        lines = b"".join(spread(client, store, size=1))
    assert lines == alone.lines(["/plans/a/good.yaml", "/plans/bad.yaml", "/plans/empty.yaml"])[0]
    assert [json.loads(each)["level"] for each in lines.splitlines()] == [5, 2, None]


def test_an_archive_with_a_broken_plan(client: Client, tmp_path: Path) -> None:
    file, good = tmp_path / "plans.zip", (TOP / "examples/customer-service.yaml").read_bytes()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("a.yaml", "b/broken.yaml", "b/c.yaml"):
            archive.writestr(name, good.replace(b"smlint: 1", b"smlint: 1 # " + name.encode()))
    file.write_bytes(file.read_bytes().replace(b"# b/broken", b"# B/BROKEN", 1))  # the checksum no longer fits
    lines = [
        json.loads(each) for some in spread(client, Store(f"zip://::{file.as_uri()}"), 2) for each in some.splitlines()
    ]
    assert [each["name"] for each in lines] == ["a.yaml", "b/broken.yaml", "b/c.yaml"]
    assert [each.get("exact") for each in lines] == ["100", None, "100"]
    assert lines[1] == {"name": "b/broken.yaml", "problem": "Bad CRC-32 for file 'b/broken.yaml'"}


@pytest.mark.parametrize(
    ("url", "code", "names"),
    [
        ("memory://plans/a", 0, ["/plans/a/good.yaml"]),
        ("memory://plans/*/g*.yaml", 0, ["/plans/a/good.yaml"]),
        ("memory://plans/bad.yaml", 1, ["/plans/bad.yaml"]),
        ("memory://plans", 1, ["/plans/a/good.yaml", "/plans/bad.yaml", "/plans/empty.yaml"]),
        ("memory://plans/*.txt", 1, ["/plans/note.txt"]),
        ("memory://nowhere", 2, []),
        ("nonsense://plans", 2, []),
    ],
)
def test_what_a_url_means(memory: Any, capsysbinary: Any, url: str, code: int, names: list[str]) -> None:
    found = run(capsysbinary, url)
    assert (found[0], [each["name"] for each in found[1]]) == (code, names)
    assert found[2].startswith("lint_store: ")
    assert "Traceback" not in found[2]


@pytest.mark.parametrize(("level", "code"), [("error", 1), ("never", 0)])
def test_what_fails_is_chosen(memory: Any, capsysbinary: Any, level: str, code: int) -> None:
    assert run(capsysbinary, "memory://plans/bad.yaml", "--fail-on", level)[0] == code


# What goes wrong on the way


def test_a_plan_that_vanishes_is_told(folder: Path) -> None:
    linter = Linter(Store(folder.as_uri()), DAY)
    linter.setup()
    gone, there = f"{folder}/gone.yaml", f"{folder}/north/nul.yaml"
    lines, counts = linter.lines([gone, there])
    assert json.loads(lines.splitlines()[0]) == {"name": gone, "problem": "No such file or directory"}
    assert counts == {"unread": 1, "failed": 1}


def test_what_cannot_be_read_is_exit_2(
    memory: MemoryFileSystem, capsysbinary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(MemoryFileSystem, "_open", refuse)
        patch.setattr(MemoryFileSystem, "cat_file", refuse)
        code, lines, _ = run(capsysbinary, "memory://plans/bad.yaml")
    assert (code, lines) == (2, [{"name": "/plans/bad.yaml", "problem": "Permission denied"}])
    listed = MemoryFileSystem.ls
    monkeypatch.setattr(
        MemoryFileSystem, "ls", lambda self, path, **k: refuse() if path.endswith("/a") else listed(self, path, **k)
    )
    code, lines, said = run(capsysbinary, "memory://plans")
    assert (code, len(lines)) == (2, 2)
    assert "/plans/a cannot be listed (Permission denied)" in said


def test_a_store_that_gives_no_range_of_an_empty_file(
    memory: MemoryFileSystem, capsysbinary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: MemoryFileSystem, path: str, start: int, end: int) -> bytes:
        raise OSError(5, f"no bytes from {start} to {end}")

    monkeypatch.setattr(MemoryFileSystem, "cat_file", refuse)
    _, [found], _ = run(capsysbinary, "memory://plans/empty.yaml")
    assert [each["rule"] for each in found["findings"]] == ["not-a-plan"]


def test_no_more_is_read_than_a_plan_may_have(memory: MemoryFileSystem, capsysbinary: Any) -> None:
    memory.pipe("/big.yaml", b"#" * (Limits().max_bytes + 1_000))
    linter = Linter(Store("memory://"), DAY)
    linter.setup()
    [raw] = linter._read(["/big.yaml"])
    assert len(raw) == Limits().max_bytes + 1  # type: ignore[arg-type]
    _, [found], _ = run(capsysbinary, "memory://big.yaml")
    assert [each["rule"] for each in found["findings"]] == ["too-large"]


def test_findings_without_end_are_counted_and_cut(memory: MemoryFileSystem, capsysbinary: Any) -> None:
    memory.pipe("/many.yaml", HEAD.encode() + b"".join(b"gaols%d: 1\n" % n for n in range(1_500)))
    _, [found], _ = run(capsysbinary, "memory://many.yaml")
    assert len(found["findings"]) == 1_000
    assert sum(found["counts"].values()) > 1_500


def test_a_fault_of_ours_costs_one_line(
    memory: MemoryFileSystem, capsysbinary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = lint_store.judge
    monkeypatch.setattr(lint_store, "judge", lambda name, *rest: 1 / 0 if "bad" in name else judge(name, *rest))
    code, lines, _ = run(capsysbinary, "memory://plans")
    assert (code, lines[1]["problem"]) == (2, "smlint failed: ZeroDivisionError: division by zero")
    assert [each.get("level") for each in lines] == [5, None, None]


def test_links_are_passed_by_and_any_name_is_written(tmp_path: Path, capsysbinary: Any) -> None:
    plans = tmp_path / "plans"
    plans.mkdir()
    (plans / "again").symlink_to(plans)
    (plans / "link.yaml").symlink_to("/etc/passwd")
    os.mkfifo(plans / "pipe.yaml")
    Path(os.fsdecode(os.fsencode(plans) + b"/\xff.yaml")).write_text(HEAD)
    assert lint_store.plans_in(Store(plans.as_uri())) == ([f"{plans}/\udcff.yaml"], [])
    code, lines, _ = run(capsysbinary, plans.as_uri())
    assert (code, [each["name"] for each in lines]) == (1, [f"{plans}/\udcff.yaml"])


def test_results_are_written_whole_or_not_at_all(
    memory: MemoryFileSystem, capsysbinary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.pipe("/out.jsonl", b"old")

    def broken(self: Linter, names: list[str]) -> Any:
        if "/plans/bad.yaml" in names:
            raise MemoryError
        return b"half\n", Counter()

    with monkeypatch.context() as patch:
        patch.setattr(Linter, "lines", broken)
        assert run(capsysbinary, "memory://plans", "--out", "memory://out.jsonl", "--partition", "1")[0] == 2
    assert (memory.cat("/out.jsonl"), memory.exists("/out.jsonl.part")) == (b"old", False)
    assert run(capsysbinary, "memory://plans", "--out", "memory://out.jsonl")[0] == 1
    assert memory.cat("/out.jsonl").count(b"\n") == 3
    assert not memory.exists("/out.jsonl.part")
