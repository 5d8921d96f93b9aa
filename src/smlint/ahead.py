"""What was worked out when the package was built, so that start-up need not: rules, sentences, schemas.

Reading 80 YAML files, the sentences and the schemas takes longer than judging a plan. All of it stands in one file of
plain data beside the modules, as trusted as they are and never looked for elsewhere. In a checkout, where sources
change, it is believed only while the files that it was made of are the same; where it does not fit, there are no facts,
and everything is read as if it had never been made.
"""

from __future__ import annotations

import marshal
import os
from binascii import crc32
from collections.abc import Iterator
from functools import cache
from typing import Any

from smlint import __version__
from smlint.bundled import HERE, bundled
from smlint.files import File

FILE = HERE / "ahead.bin"
# Of marshal, which knows plain values only; every Python that smlint runs with reads this version.
_FORMAT = 4
_READERS = ("ahead.py", "compiled.py", "format.py", "jsonpath.py", "rule.py", "rulefile.py")


@cache
def facts(name: str) -> Any:
    """The facts of a name ("rules", "words", "schemas"), None where there are none that fit."""
    packed = _sections().get(name)
    return None if packed is None else marshal.loads(packed)


@cache
def _sections() -> dict[str, bytes]:
    return read(FILE)


def read(file: File) -> dict[str, bytes]:
    """The sections of a file; none where it is missing, damaged, of another version, or older than its sources."""
    try:
        raw = file.read_bytes()
        if int.from_bytes(raw[:4], "big") != crc32(raw[4:]):
            return {}
        version, made_of, sections = marshal.loads(raw[4:])
    except (OSError, ValueError, EOFError, TypeError):
        return {}
    fits = version == __version__ and (_is_installed() or made_of == sources())
    return dict(sections) if fits else {}


def write(sections: dict[str, Any], file: File = FILE, made_of: Any = None) -> None:
    """Write the facts of each name; `made_of` are the sources as a checkout has them, nothing for a package."""
    packed = {name: marshal.dumps(found, _FORMAT) for name, found in sections.items()}
    raw = marshal.dumps((__version__, made_of, packed), _FORMAT)
    temporary = f"{file}.{os.getpid()}"
    with open(temporary, "wb") as stream:
        stream.write(crc32(raw).to_bytes(4, "big") + raw)
    os.replace(temporary, file)  # another process may be reading


def _is_installed() -> bool:
    """Whether the sources came in one package with the facts: then nobody changes them."""
    return (HERE / "rules").is_dir()


def sources() -> list[tuple[str, int, int]]:
    """Every file that facts are made of, with time of change and size."""
    return sorted(_looked_at(bundled("rules"), bundled("schemas"), HERE / "words.yaml", *(HERE / r for r in _READERS)))


def _looked_at(*entries: str) -> Iterator[tuple[str, int, int]]:
    for entry in entries:
        if os.path.isdir(entry):
            with os.scandir(entry) as inside:
                yield from _looked_at(*(each.path for each in inside))
        else:
            found = os.stat(entry)
            yield os.path.basename(entry), found.st_mtime_ns, found.st_size
