"""`--show-config`: what holds for which plans, and where it comes from."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import yaml

from smlint.cli.work import chosen, faults
from smlint.config import Configurations
from smlint.discovery import read, shown_path, sources
from smlint.files import Disk, called
from smlint.plan import Limits
from smlint.rulebook import Rulebook, load
from smlint.settings import Settings

_LISTED = 5  # plans that are named


def settled(paths: tuple[str, ...], options: dict[str, Any]) -> str:
    """The settings of the plans behind the paths as YAML, one document for all plans that have the same."""
    with faults():
        configured = Configurations(Disk(), chosen(options))
        plans: dict[int, list[str]] = {}
        for source in sources(tuple(path for path in paths if path != "-"), False, configured):
            if not source.outright and read(source, Limits()) is None:
                continue
            plans.setdefault(source.settings, []).append(shown_path(source.name))
        shipped = load()
        texts = [_document(configured.settings[number], names, shipped) for number, names in plans.items()]
    return "---\n".join(texts)


def _document(settings: Settings, names: list[str], shipped: Rulebook) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    facts = yaml.safe_dump(_facts(settings, shipped), allow_unicode=True, sort_keys=False)
    return f"# {', '.join(names[:_LISTED])}{more}\n# from {settings.source or 'defaults and options'}\n{facts}"


def _facts(settings: Settings, shipped: Rulebook) -> dict[str, Any]:
    """What holds; of rules and weights only what is not as shipped."""
    book = settings.book
    return {
        "lang": settings.language,
        "gate": {
            "fail_on": settings.fail_on,
            "min_score": _number(settings.min_score),
            "min_level": settings.min_level,
            "new_waivers": "allow" if settings.new_waivers else "deny",
        },
        "baseline": called(settings.baseline) if settings.baseline else None,
        "rules": _rules(book, shipped),
        "score": {
            "dimensions": {id: dimension.weight for id, dimension in book.dimensions.items()},
            "severities": dict(book.severities),
        },
        "rulebook": book.fingerprint,
    }


def _rules(book: Rulebook, shipped: Rulebook) -> dict[str, Any]:
    """Rules that are off, own, or not as shipped."""
    found: dict[str, Any] = {id: "off" for id in book.known if id not in book.rules}
    for id, rule in book.rules.items():
        own = id not in shipped.rules
        if own or (rule.severity, rule.options) != (shipped.rules[id].severity, shipped.rules[id].options):
            found[id] = {"severity": rule.default_severity} | (
                {"options": _plain(rule.options)} if rule.options else {}
            )
            found[id] |= {"file": rule.file} if own else {}
    return dict(sorted(found.items()))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return _number(value) if isinstance(value, Fraction) else value


def _number(value: Fraction | int | None) -> int | float | None:
    return value if value is None or isinstance(value, int) else int(value) if value == int(value) else float(value)
