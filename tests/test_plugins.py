"""Verbs of other packages: only of those that are named, and one sentence when they cannot be had."""

from __future__ import annotations

from importlib import metadata
from typing import Any

import pytest

from smlint import checks
from smlint.checks import VERBS, PluginError, allow, is_built_in, verb
from smlint.spot import Spot


class Package:
    """What an installed package says of itself."""

    def __init__(self, name: str) -> None:
        self.name = name


class Point:
    """An entry point: a verb's name, the package that offers it, and the verb or why it cannot be had."""

    def __init__(self, name: str, package: str | None, verb: Any) -> None:
        self.name, self.dist, self.verb = name, Package(package) if package else None, verb
        self.loaded = 0

    def load(self) -> Any:
        self.loaded += 1
        if isinstance(self.verb, Exception):
            raise self.verb
        return self.verb


def even(spot: Spot, options: Any, view: Any) -> None:
    """A verb of a plugin."""


def odd(spot: Spot, options: Any, view: Any) -> None:
    """Another."""


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[Point]:
    """The entry points of this group, for a test to fill; the verbs are as before afterwards."""
    points: list[Point] = []
    monkeypatch.setattr(metadata, "entry_points", lambda *, group: points if group == "smlint.checks" else None)
    monkeypatch.setattr(checks, "VERBS", dict(VERBS))
    return points


def refused(*packages: str) -> str:
    with pytest.raises(PluginError) as caught:
        allow(packages)
    return str(caught.value)


@pytest.mark.parametrize("name", ["house-verbs", "House_Verbs", "house.verbs", "HOUSE-VERBS"])
@pytest.mark.parametrize("asked", ["house-verbs", "House_Verbs", "house.verbs"])
def test_a_package_that_is_named_brings_its_verbs(installed: list[Point], name: str, asked: str) -> None:
    others = [Point("sound", "other-verbs", odd), Point("nameless", None, odd)]
    installed += [others[0], Point("even", name, even), Point("odd", name, odd), others[1]]
    allow([asked])
    assert [verb("even"), verb("odd")] == [even, odd]
    assert [other.loaded for other in others] == [0, 0]


def test_several_packages(installed: list[Point]) -> None:
    installed += [Point("even", "a", even), Point("odd", "b", odd)]
    allow(["b", "a"])
    assert [verb("even"), verb("odd")] == [even, odd]
    assert "gone" in refused("a", "gone")


def test_no_package_no_verbs(installed: list[Point]) -> None:
    point = Point("even", "a", even)
    installed.append(point)
    allow([])
    assert not point.loaded
    assert verb("present") is VERBS["present"]


def test_a_package_that_is_missing_or_offers_none(installed: list[Point]) -> None:
    installed.append(Point("even", "a", even))
    said = "the plugin 'b' is not installed, or offers no verbs (entry points smlint.checks)"
    assert refused("b") == said


def test_a_verb_that_is_built_in_is_not_replaced(installed: list[Point]) -> None:
    point = Point("present", "a", even)
    installed.append(point)
    assert refused("a") == "the plugin 'a' offers the verb present, which is built in"
    assert not point.loaded
    assert verb("present") is VERBS["present"]


@pytest.mark.parametrize("error", [ImportError("no module named house"), AttributeError("x"), RuntimeError("boom")])
def test_a_verb_that_cannot_be_loaded(installed: list[Point], error: Exception) -> None:
    installed.append(Point("even", "a", error))
    assert refused("a") == f"the verb even of a cannot be loaded: {error}"


def test_an_unknown_verb_and_where_it_could_come_from(installed: list[Point]) -> None:
    installed += [Point("odd", "c", odd), Point("even", "a", even), Point("even", "b", odd)]
    with pytest.raises(ValueError) as caught:
        verb("even")
    assert str(caught.value) == ("unknown verb 'even'; the plugin a has it: allow it with --plugin or `plugins:`")
    with pytest.raises(ValueError) as caught:
        verb("sound")
    assert str(caught.value) == "unknown verb 'sound'"


def test_which_verbs_are_built_in(installed: list[Point]) -> None:
    installed.append(Point("even", "a", even))
    allow(["a"])
    assert is_built_in("present")
    assert is_built_in("cadence")
    assert not is_built_in("even")
    assert not is_built_in("guess")


def test_every_verb_has_the_name_of_what_it_is() -> None:
    names = {name: getattr(made, "make", made).__name__.replace("_", "-") for name, made in VERBS.items()}
    assert names == {name: name for name in VERBS}
