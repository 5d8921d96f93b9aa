"""--watch with a real process: saves of all kinds are seen, and what they changed is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.test_cli import DAY, interruptible, smlint
from tests.test_decisions import LEAST


class Watch:
    """A watch that runs, and what it has said."""

    def __init__(self, folder: Path) -> None:
        self.plan, self.said = folder / "plan.yaml", folder / "said.txt"
        words = [sys.executable, "-m", "smlint", "check", "plan.yaml", "--watch", "--format", "concise", *DAY]
        with open(self.said, "wb") as out:
            self.run = subprocess.Popen(
                words, cwd=folder, stdout=out, stderr=out, env={**os.environ, "PYTHONUTF8": "1"},
                preexec_fn=interruptible,
            )  # fmt: skip

    def waits_for(self, fits: Callable[[str], bool]) -> str:
        end = time.monotonic() + 30
        while not fits(text := self.said.read_text("utf-8")):
            assert time.monotonic() < end, text
            time.sleep(0.05)
        return text


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    pytest.importorskip("watchfiles")
    (tmp_path / "plan.yaml").write_text(LEAST, "utf-8")
    begun = Watch(tmp_path)
    begun.waits_for(lambda text: "gate closed: 1 error" in text)
    time.sleep(0.5)  # the watch begins after the first run
    yield begun
    begun.run.kill()
    begun.run.wait()


def test_saves_are_seen_and_told(watch: Watch) -> None:
    better = LEAST.replace("two_way: false", "two_way: false, mfa: true, admins: 1")
    watch.plan.write_text(better, "utf-8")
    text = watch.waits_for(lambda text: "(was 89.4)" in text)
    assert "── plan.yaml" in text
    assert "mended: Channel “linkedin” is not shown to be protected" in text
    assert text.rstrip().endswith("gate closed: 1 error")
    watch.plan.write_text("smlint: 1\na: [", "utf-8")
    watch.waits_for(lambda text: "Cannot be read as YAML" in text)
    temporary = watch.plan.with_name(".plan.tmp")  # as editors save: beside it, then renamed
    temporary.write_text(LEAST, "utf-8")
    os.replace(temporary, watch.plan)
    watch.waits_for(lambda text: "(was 90.6)" in text)
    watch.plan.unlink()
    watch.waits_for(lambda text: "cannot be read" in text)
    watch.plan.write_text(better, "utf-8")
    watch.waits_for(lambda text: text.count("(was 89.4)") == 2)
    watch.run.send_signal(signal.SIGINT)
    assert watch.run.wait(30) == 130
    assert "Traceback" not in watch.said.read_text("utf-8")


def test_what_cannot_be_watched_is_said(tmp_path: Path) -> None:
    assert smlint("check", "-", "--watch", cwd=tmp_path).code == 2
    assert "no folder to watch" in smlint("check", "nowhere/plan.yaml", "--watch", cwd=tmp_path).err


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "watchfiles.py").write_text("raise ImportError\n")
    said = smlint("check", ".", "--watch", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert (said.code, "pip install 'smlint[watch]'" in said.err) == (2, True)
