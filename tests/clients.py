"""Real programs that judge our outputs: `make clients` installs them into .clients; without one its tests skip."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

CLIENTS = Path(__file__).parent.parent / ".clients"


def client(name: str) -> Path:
    """A file of .clients. Skips the test where it is not installed."""
    found = CLIENTS / name
    if not found.exists():
        pytest.skip(f"{name} is not installed: make clients")
    return found


def npm(package: str) -> Path:
    """The folder of an npm package."""
    return client(f"node_modules/{package}")


def node(script: str, *words: str) -> str:
    """What a script for Node prints; it may require what is in .clients."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    run = subprocess.run(["node", "-e", script, *words], cwd=CLIENTS, capture_output=True, check=True, timeout=60)
    return run.stdout.decode()
