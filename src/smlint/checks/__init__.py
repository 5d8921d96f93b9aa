"""The verbs that rules are written with: built-ins in one dict, more from plugins that are named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from smlint.checks import domain, general, texts
from smlint.checks.verdict import Fail, OptionError, Prepared, Verb, Verdict, options, quantity

VERBS: dict[str, Verb] = {
    "present": general.present,
    "count": general.count,
    "one-of": general.one_of,
    "pattern": texts.pattern,
    "refers-to": general.refers_to,
    "referenced-by": general.referenced_by,
    "in-order": general.in_order,
    "compares": general.compares,
    "differs": general.differs,
    "not-stale": general.not_stale,
    "covers": general.covers,
    "holds": general.holds,
    "share-chain": domain.share_chain,
    "roi": domain.roi,
    "capacity": domain.capacity,
    "time-zone-overlap": domain.time_zone_overlap,
    "service-gap": domain.service_gap,
    "raci": domain.raci,
    "cadence": domain.cadence,
}
_BUILT_IN = frozenset(VERBS)


def is_built_in(name: str) -> bool:
    """Whether a verb is one of smlint's own."""
    return name in _BUILT_IN


class PluginError(Exception):
    """A plugin that is named but not installed, or that cannot be loaded: one sentence."""


def allow(packages: Iterable[str]) -> None:
    """Load the verbs (entry points `smlint.checks`) of installed packages. Nothing else ever loads them: that a package
    is installed is no reason to run its code. Raises PluginError."""
    for package in packages:
        found = [point for point in _offered() if _normal(_package(point)) == _normal(package)]
        if not found:
            raise PluginError(
                f"the plugin {package!r} is not installed, or offers no verbs (entry points smlint.checks)"
            )
        for point in found:
            if point.name in _BUILT_IN:
                raise PluginError(f"the plugin {package!r} offers the verb {point.name}, which is built in")
            try:
                VERBS[point.name] = point.load()
            except Exception as error:
                raise PluginError(f"the verb {point.name} of {package} cannot be loaded: {error}") from error


def _offered() -> Iterable[Any]:
    from importlib.metadata import entry_points  # dear, and most runs have no plugin

    return entry_points(group="smlint.checks")


def _package(point: Any) -> str:
    return str(point.dist.name) if point.dist else ""


def _normal(name: str) -> str:
    """A package's name as PyPI compares it."""
    return name.replace("_", "-").replace(".", "-").lower()


def verb(name: str) -> Verb:
    """The verb of a name: built in, or of a plugin that was allowed. Raises ValueError."""
    if name in VERBS:
        return VERBS[name]
    packages = [_package(point) for point in _offered() if point.name == name]
    hint = f"; the plugin {packages[0]} has it: allow it with --plugin or `plugins:`" if packages else ""
    raise ValueError(f"unknown verb {name!r}{hint}")


__all__ = [
    "VERBS", "Fail", "OptionError", "PluginError", "Prepared", "Verb", "Verdict", "allow", "options", "quantity",
    "verb",
]  # fmt: skip
