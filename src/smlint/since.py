"""A run against a git revision: what the plans were there, and what a change does to the things that judge it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from smlint.config import Configurations
from smlint.configfile import Config
from smlint.discovery import SUFFIXES, Source, ignore_spec, is_plan, place_of, shown_path
from smlint.git import Revision
from smlint.plan import Limits
from smlint.rulebook import Rulebook, decisive
from smlint.words import Code, Word

ALIKE = 0.5  # the share of lines that a moved plan keeps at least
_PAIRS = 20_000  # of moved plans and their possible origins that are compared line by line
_LISTED = 10  # changes of one kind that are told one by one


class Past:
    """What a revision knows of the plans of a run."""

    def __init__(self, revision: Revision, sources: Sequence[Source]) -> None:
        self.revision = revision
        self.names = {source.place: source.name for source in sources}

    def of(self, place: str) -> tuple[str | None, bytes | None]:
        """The name and the bytes of a plan at the revision; None for a new plan."""
        inside = self.revision.inside(place)
        if inside is None:
            return None, None
        raw = self.revision.read(inside, Limits().max_bytes + 1)
        if raw is None and place in self._moved:
            inside = self._moved[place]
            raw = self.gone[inside]
        return (inside, raw) if raw is not None else (None, None)

    @cached_property
    def gone(self) -> dict[str, bytes]:
        """The plans of the revision, by path from the top, whose files are no longer there."""
        found = {}
        for path in self.revision.objects:
            if not searched(path) or os.path.lexists(os.path.join(self.revision.top, path)):
                continue
            raw = self.revision.read(path, Limits().max_bytes + 1)
            if raw is not None and is_plan(raw):
                found[path] = raw
        return found

    @cached_property
    def _moved(self) -> dict[str, str]:
        """Where the new plans come from that are moved ones: the same bytes, else the most alike."""
        new = {place: _bytes(place) for place in self.names if self._is_new(place)}
        left, found = dict(self.gone) if new else {}, dict[str, str]()
        for place, raw in new.items():
            same = next((path for path, old in left.items() if old == raw), None)
            if same is not None:
                found[place] = same
                del left[same]
        unknown = [place for place in new if place not in found]
        if len(unknown) * len(left) <= _PAIRS:
            lines = {path: Counter(raw.splitlines()) for path, raw in left.items()}
            for place in unknown:
                likely = _most_alike(Counter(new[place].splitlines()), lines)
                if likely is not None:
                    found[place] = likely
                    del lines[likely]
        return found

    def _is_new(self, place: str) -> bool:
        inside = self.revision.inside(place)
        return inside is not None and self.revision.find(inside) is None

    def moves(self, paths: Sequence[str]) -> Iterator[Word]:
        """What became of plans under the paths that stood elsewhere, or are no more."""
        origins = {path: place for place, path in self._moved.items()}
        folders = [self.revision.inside(os.path.realpath(path)) for path in paths if os.path.isdir(path)]
        for path in self.gone:
            values = {"file": Code(path), "revision": Code(self.revision.name)}
            if path in origins:
                yield Word("since.moved", values | {"now": Code(shown_path(self.names[origins[path]]))})
            elif any(folder is not None and f"{path}/".startswith(f"{folder}/".lstrip("/")) for folder in folders):
                yield Word("since.gone", values)


class Then:
    """What a search of folders would have found at the revision."""

    def __init__(self, configured: Configurations, revision: Revision) -> None:
        self.configured = configured
        self.revision = revision
        self._ignores: dict[str, Any] = {}

    def left_out(self, paths: Sequence[str], judged: Collection[str]) -> Iterator[str]:
        """Files behind the paths that were plans then and are still there, yet were not judged: a change does not take
        a plan from under the gate by hiding it from the search or by dropping the key `smlint`."""
        for path in paths:
            for name, shown in self._behind(path):
                place = os.path.join(self.revision.top, name)
                if place not in judged and os.path.isfile(place) and self._was_plan(name, place):
                    yield shown

    def _behind(self, path: str) -> Iterator[tuple[str, str]]:
        """The files that the revision has behind a path: from the top, and as the path leads there."""
        if not os.path.isdir(path):
            name = self.revision.inside(place_of(path))
            yield from [(name, path)] if name in self.revision.objects else []
            return
        root = os.path.realpath(path)
        inside = self.revision.inside(root)
        for name in self.revision.objects if inside is not None else ():
            if not inside or name.startswith(f"{inside}/"):
                yield name, os.path.join(path, os.path.relpath(os.path.join(self.revision.top, name), root))

    def _was_plan(self, name: str, place: str) -> bool:
        if not searched(name) or self._passed_by(name, place):
            return False
        raw = self.revision.read(name, Limits().max_bytes + 1)
        return raw is not None and is_plan(raw)

    def _passed_by(self, name: str, place: str) -> bool:
        """Whether the configuration excludes a path or git ignored it, or one of the folders above."""
        parts = name.split("/")
        for depth in range(1, len(parts) + 1):
            folder, above = depth < len(parts), "/".join(parts[: depth - 1])
            here = os.path.join(self.revision.top, *parts[:depth])
            config = self.configured.at(os.path.join(self.revision.top, above) if above else self.revision.top)
            if self.configured.excludes(config, here, folder) or self._ignored("/".join(parts[:depth]), folder):
                return True
        return False

    def _ignored(self, path: str, folder: bool) -> bool:
        """Whether git ignored a path then: the deepest .gitignore that says anything decides."""
        parts = path.split("/")
        for depth in range(len(parts) - 1, -1, -1):
            spec = self._ignore_file("/".join(parts[:depth]))
            rest = "/".join(parts[depth:]) + ("/" if folder else "")
            said = spec.check_file(rest).include if spec else None
            if said is not None:
                return bool(said)
        return False

    def _ignore_file(self, folder: str) -> Any:
        if folder not in self._ignores:
            raw = self.revision.read(f"{folder}/.gitignore".lstrip("/"))
            self._ignores[folder] = ignore_spec(raw) if raw is not None else None
        return self._ignores[folder]


def _bytes(place: str) -> bytes:
    try:
        with open(place, "rb") as file:
            return file.read(Limits().max_bytes + 1) if os.path.isfile(place) else b""
    except OSError:
        return b""


def searched(path: str) -> bool:
    """Whether a search of folders would look at a path."""
    return path.lower().endswith(SUFFIXES) and not any(part.startswith(".") for part in path.split("/"))


def _most_alike(lines: Counter[bytes], candidates: Mapping[str, Counter[bytes]]) -> str | None:
    def alike(other: Counter[bytes]) -> float:
        return 2 * (lines & other).total() / max(1, lines.total() + other.total())

    best = max(candidates, key=lambda path: alike(candidates[path]), default=None)
    return best if best is not None and alike(candidates[best]) >= ALIKE else None


# --- what a change does to the things that judge it ------------------------------------------------------------------


def changes_of_configuration(then: Configurations, now: Configurations) -> Iterator[Word]:
    """What differs between the configuration that judges and the one that the change would bring."""
    for folder in sorted(then.found.keys() | now.found.keys()):
        old, new = then.found.get(folder), now.found.get(folder)
        name = new.name if new else old.name if old else folder
        differences = list(_differences(_flat(old), _flat(new)))
        for key, before, after in differences[:_LISTED]:
            yield Word("since.configuration", {"file": Code(name), "key": Code(key), "before": before, "after": after})
        if len(differences) > _LISTED:
            yield Word("since.more", {"file": Code(name), "n": len(differences) - _LISTED})


def _flat(config: Config | None) -> dict[str, Any]:
    """The keys of a configuration in one level, and what they hold as text."""
    return dict(_flattened(config.data if config else {}, ""))


def _flattened(value: Any, key: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flattened(inner, f"{key}.{name}" if key else str(name))
    elif value:
        yield key, value


def _differences(old: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, Code | None, Code | None]]:
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key):
            before, after = (Code(_text(side[key])) if key in side else None for side in (old, new))
            yield key, before, after


def _text(value: Any) -> str:
    """A value of a configuration on one line; patterns without the folder that they are relative to."""
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], tuple):
        value = list(value[1])
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_text(inner)}" for key, inner in value.items())
    return os.path.relpath(value) if isinstance(value, str) and os.path.isabs(value) else str(value)


def changes_of_rules(then: Rulebook, now: Rulebook) -> Iterator[Word]:
    """The rules that the change adds, removes or alters."""
    kinds: dict[str, list[Code]] = {"added": [], "removed": [], "changed": []}
    for id in sorted(then.rules.keys() | now.rules.keys()):
        if id not in then.rules:
            kinds["added"].append(Code(id))
        elif id not in now.rules:
            kinds["removed"].append(Code(id))
        elif decisive(then.rules[id]) != decisive(now.rules[id]):
            kinds["changed"].append(Code(id))
    for kind, rules in kinds.items():
        if rules:
            yield Word(f"since.rules-{kind}", {"rules": rules[:_LISTED]})
