"""Wheel, sdist and checkout all carry the same rules and schemas."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
ASK = """
import json, smlint.bundled as b
from smlint.rulebook import load
print(json.dumps([str(b.bundled("rules")), load().fingerprint]))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel and sdist of this checkout. The wheel is built from the sdist, so nothing may be missing from that."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(TOP)],
        check=True,
        capture_output=True,
    )
    return folder


def installed(package: Path, folder: Path) -> list[str]:
    """Where the rules are and their fingerprint, as a fresh virtual environment with the package sees them."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", str(package)], check=True, capture_output=True)
    run = subprocess.run([python, "-c", ASK], check=True, capture_output=True, text=True, cwd=folder)
    plan = folder / "plan.yaml"
    plan.write_bytes((TOP / "examples" / "customer-service.yaml").read_bytes())
    check = [str(folder / "bin" / "smlint"), "plan.yaml", "--as-of", "2027-01-15"]
    said = subprocess.run(check, capture_output=True, text=True, cwd=folder)
    assert (said.returncode, said.stdout.split("·")[1].strip()) == (0, "100.0 of 100 points")
    found: list[str] = json.loads(run.stdout)
    return found


@pytest.mark.parametrize("kind", ["whl", "tar.gz"])
def test_an_installed_package_has_all_rules(kind: str, built: Path, tmp_path: Path) -> None:
    package = next(built.glob(f"*.{kind}"))
    place, fingerprint = installed(package, tmp_path / "env")
    checkout = subprocess.run([sys.executable, "-c", ASK], check=True, capture_output=True, text=True, cwd=tmp_path)
    own_place, own_fingerprint = json.loads(checkout.stdout)
    assert fingerprint == own_fingerprint
    assert place.startswith(str(tmp_path / "env"))
    assert own_place == str(TOP / "rules")


def test_the_wheel_has_no_strangers(built: Path) -> None:
    import zipfile

    names = zipfile.ZipFile(next(built.glob("*.whl"))).namelist()
    outside = [name for name in names if not name.startswith(("smlint/", "smlint-"))]
    assert outside == []
    assert sum(name.startswith("smlint/rules/") and name.count("/") == 3 for name in names) == 80
    assert "smlint/py.typed" in names


def test_the_same_source_gives_the_same_wheel(built: Path, tmp_path: Path) -> None:
    """From the sdist, so with other times of change, and in another folder."""
    sdist = next(built.glob("*.tar.gz"))
    subprocess.run(
        ["tar", "--extract", "--gzip", "--touch", "--file", str(sdist), "--directory", str(tmp_path)], check=True
    )
    source = next(tmp_path.iterdir())
    words = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(tmp_path), str(source)]
    subprocess.run(words, check=True, capture_output=True)
    assert next(tmp_path.glob("*.whl")).read_bytes() == next(built.glob("*.whl")).read_bytes()
