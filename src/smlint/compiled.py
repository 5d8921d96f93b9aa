"""The shipped rules, read and checked ahead: one JSON file made when the package is built, believed only while it fits.

Reading 80 YAML files and parsing their queries takes longer than judging a plan. The file carries a checksum of the
rule files and of the modules that read them; where it does not fit, the rules are read as if there were none.
"""

from __future__ import annotations

import json
import zlib
from fractions import Fraction
from pathlib import Path as File
from typing import Any

from smlint.bundled import HERE
from smlint.query import know, parsed
from smlint.rule import Dimension, Rule

FILE = HERE / "compiled.json"
_READERS = ("compiled.py", "jsonpath.py", "rule.py", "rulefile.py")


def checksum(folder: File) -> int:
    """A number that changes with every rule file and with the code that reads them. Not for defence: both are ours."""
    files = [*sorted(folder.rglob("*.yaml")), *(HERE / name for name in _READERS)]
    total = 0
    for file in files:
        total = zlib.crc32(file.name.encode() + b"\0" + file.read_bytes(), total)
    return total


def load(folder: File, file: File = FILE) -> tuple[dict[str, Dimension], dict[str, Rule]] | None:
    """Dimensions and rules of the shipped folder, or None where the file is missing or does not fit."""
    try:
        facts = json.loads(file.read_bytes(), object_hook=_fraction)
        if facts["checksum"] != checksum(folder):
            return None
        dimensions = {id: Dimension(**fields) for id, fields in facts["dimensions"].items()}
        rules = {id: _rule(fields, folder) for id, fields in facts["rules"].items()}
        know(facts["queries"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return dimensions, rules


def write(folder: File, dimensions: dict[str, Dimension], rules: dict[str, Rule], file: File = FILE) -> None:
    """Write the file. The queries are those that this process has met: judge a plan with the rules before."""
    facts = {
        "checksum": checksum(folder),
        "dimensions": {id: dimension._asdict() for id, dimension in dimensions.items()},
        "rules": {
            id: {**rule._asdict(), "file": str(File(rule.file).relative_to(folder))} for id, rule in rules.items()
        },
        "queries": parsed(),
    }
    file.write_text(json.dumps(facts, ensure_ascii=False, separators=(",", ":"), default=_plain), "utf-8")


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return {"fraction": str(value)}
    raise TypeError(f"{value!r} has no place in a rule")


def _fraction(value: dict[str, Any]) -> Any:
    return Fraction(value["fraction"]) if value.keys() == {"fraction"} else value


def _rule(fields: dict[str, Any], folder: File) -> Rule:
    rule = Rule(**fields)
    return rule._replace(
        severity=tuple((when, name) for when, name in rule.severity),
        blocked=tuple(rule.blocked),
        source=tuple(rule.source),
        file=str(folder / rule.file),
    )
