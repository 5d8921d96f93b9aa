"""The verbs that rules are written with: built-ins in one dict, more from the entry points `smlint.checks`."""

from __future__ import annotations

from smlint.checks import domain, general
from smlint.checks.verdict import Fail, OptionError, Verb, Verdict, options, quantity

VERBS: dict[str, Verb] = {
    "present": general.present,
    "count": general.count,
    "one-of": general.one_of,
    "pattern": general.pattern,
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


def verb(name: str) -> Verb:
    """The verb of a name: built in, or the entry point `smlint.checks` of an installed package. Raises KeyError."""
    if name in VERBS:
        return VERBS[name]
    from importlib.metadata import entry_points

    for found in entry_points(group="smlint.checks", name=name):
        loaded: Verb = found.load()
        VERBS[name] = loaded
        return loaded
    raise KeyError(name)


__all__ = ["VERBS", "Fail", "OptionError", "Verb", "Verdict", "options", "quantity", "verb"]
