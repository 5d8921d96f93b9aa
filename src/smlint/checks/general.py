"""The general verbs: what rules of any domain ask. Each is `check(spot, options, view) -> Verdict`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

from smlint.checks.dates import add_months, in_months
from smlint.checks.verdict import Fail, OptionError, Verdict, is_number, key_of, many, options, quantity
from smlint.expression import search
from smlint.plan import Number
from smlint.profile import View
from smlint.query import frozen
from smlint.spot import Spot
from smlint.words import Code, folded


def present(spot: Spot, given: Any, view: View) -> Verdict:
    """All the fields are there.

    `fields`; `any` (one of them is enough); `true` (is `true`); `type` (number, text); `not_words` (text is none of
    these); `each` (a query: ask it of every node). A plain list means `fields`.
    """
    if isinstance(given, list):
        return _fields(spot, {"fields": given}, view)
    options(given, "fields any true type not_words each")
    if "each" not in given:
        return _fields(spot, given, view)
    items = [Spot(path, value, view.plan) for path, value in view.located(spot, given["each"])]
    fails = [fail for item in items if (fail := _fields(item, given, view))]
    if not fails:
        return None
    missing = dict.fromkeys(key for fail in fails for key in fail.missing)
    return Fail(fails[0].values, tuple(missing), fails[0].at)


def _fields(spot: Spot, given: dict[str, Any], view: View) -> Verdict:
    some = given.get("any", ())
    if some and any(view.one(spot, field) is not None for field in some):
        some = ()
    lacking = [field for field in given.get("fields", ()) if not _is_there(view.one(spot, field), given)]
    lacking += [field for field in given.get("true", ()) if view.one(spot, field) is not True]
    lacking += some
    if not lacking:
        return None
    return Fail({"value": view.one(spot, lacking[0])}, tuple(map(key_of, lacking)), view.path(spot, lacking[0]))


def _is_there(value: Any, given: dict[str, Any]) -> bool:
    if value is None:
        return False
    kind = given.get("type")
    if kind and not (is_number(value) if kind == "number" else isinstance(value, str)):
        return False
    words = given.get("not_words")
    return not words or not isinstance(value, str) or folded(value) not in _folded_words(tuple(words))


def count(spot: Spot, given: Any, view: View) -> Verdict:
    """The number of nodes lies within the limits.

    `path`; `distinct` (count different values of this key); `own` (a missing key counts as one of its own); `min`;
    `max`; `name` (a key of the nodes that a message lists when there are too many).
    """
    options(given, "path distinct own min max name", "path")
    nodes = view.values(spot, given["path"])
    if "distinct" in given:
        values = [node.get(given["distinct"]) for node in nodes if isinstance(node, dict)]
        number = len(
            {frozen(folded(value) if isinstance(value, str) else value) for value in values if value is not None}
        )
        number += values.count(None) if given.get("own") else 0
    else:
        number = len(nodes)
    if given.get("min", 0) <= number and ("max" not in given or number <= given["max"]):
        return None
    missing = _named(spot, given, view) if number and "name" in given else (key_of(_stem(given["path"])),)
    return Fail({"count": number}, missing, view.path(spot, given["path"]))


def _stem(path: str) -> str:
    """The part of a query that people recognise: up to its first bracket."""
    return path.partition("[")[0]


def _named(spot: Spot, given: dict[str, Any], view: View) -> tuple[Any, ...]:
    """The nodes that are too many, by name or, without one, by place."""
    listed: list[Any] = []
    for path, node in view.located(spot, given["path"]):
        name = node.get(given["name"]) if isinstance(node, dict) else None
        listed.append(Named(name) if isinstance(name, str) else f"{_stem(given['path'])}[{path[-1]}]")
    return tuple(listed)


class Named(str):
    """A name from the plan in a list of missing keys: shown as it is, not as code."""

    __slots__ = ()


def one_of(spot: Spot, given: Any, view: View) -> Verdict:
    """The value is in the list.

    `field`; `values`; `also` (profile expression → more values); `not` (refused values); `by` (`field` and `table`: a
    field that picks the list; a value without a list is free).
    """
    options(given, "field values also not by", "field")
    value = view.one(spot, given["field"])
    allowed: list[Any] | None = given.get("values")
    if "by" in given:
        allowed = given["by"]["table"].get(view.one(spot, given["by"]["field"]))
    if allowed is not None:
        allowed = [
            *allowed,
            *(more for when, extra in given.get("also", {}).items() if view.applies(when) for more in extra),
        ]
    if value is not None and value not in given.get("not", ()) and (allowed is None or value in allowed):
        return None
    values = {
        "value": Code(value) if isinstance(value, str) else value,
        "allowed": [Code(item) for item in allowed or ()],
    }
    return Fail(values, (key_of(given["field"]),), view.path(spot, given["field"]))


def pattern(spot: Spot, given: Any, view: View) -> Verdict:
    """The texts match, or do not.

    `fields` (queries); `forbid` or `require` (words: whole words in any case, `*` for any ending, all capitals as
    written; or a regular expression between slashes); `whole` (the whole text, punctuation at the ends ignored);
    `ids_of` (require an id that this query selects, as a whole word); `required` (a missing text fails).
    """
    options(given, "fields forbid require whole ids_of required", "fields")
    if len(given.keys() & {"forbid", "require", "ids_of"}) != 1:
        raise OptionError("pattern needs one of forbid, require and ids_of")
    texts = [(p, v) for field in given["fields"] for p, v in view.located(spot, field) if isinstance(v, str)]
    if given.get("required") and not texts:
        field = given["fields"][0]
        return Fail({"value": None}, (key_of(field),), view.path(spot, field))
    for path, text in texts:
        if "ids_of" in given:
            held = any(id in view.ids(given["ids_of"]) for id in candidates(text))
            said: str | None = text
        else:
            words = tuple(given.get("forbid") or given.get("require") or ())
            found = _wholly(text, words) if given.get("whole") else _within(text, words)
            held = (found is None) if "forbid" in given else (found is not None)
            said = found or text
        if not held:
            return Fail({"value": said}, (key_of(_stem(given["fields"][0])),), path)
    return None


def _wholly(text: str, words: tuple[str, ...]) -> str | None:
    bare = folded(re.sub(r"^[\W_]+|[\W_]+$", "", text))
    return text if bare in _folded_words(words) else None


@cache
def _folded_words(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(folded, words))


def _within(text: str, words: tuple[str, ...]) -> str | None:
    """The first word or expression of a list that stands in a text, as it is written there."""
    text = _composed(text)
    found = _expression(tuple(word for word in words if not _is_expression(word))).search(text)
    if found:
        return found[0]
    return next(
        (said for word in words if _is_expression(word) and (said := search(word[1:-1], text)) is not None), None
    )


def _is_expression(word: str) -> bool:
    return len(word) > 2 and word.startswith("/") and word.endswith("/")


def _composed(text: str) -> str:
    if text.isascii():
        return text
    from unicodedata import normalize

    return normalize("NFC", text)


@cache
def _expression(words: tuple[str, ...]) -> re.Pattern[str]:
    """One regular expression for a list of words."""
    parts = []
    for word in words:
        ending = r"\w*" if word.endswith("*") else r"(?!\w)"
        body = r"\s+".join(map(re.escape, _composed(word).rstrip("*").split()))
        flag = "" if word.isupper() else "i"
        parts.append(rf"(?<!\w)(?{flag}:{body}){ending}")
    return re.compile("|".join(parts) or r"(?!)")


def candidates(text: str) -> list[str]:
    """The pieces of a text that may be an id as a whole word: words, and words joined by punctuation.

    At most eight words are joined, so that the work grows with the text.
    """
    words = list(re.finditer(r"\w+", text))
    return [text[first.start() : last.end()] for index, first in enumerate(words) for last in words[index : index + 8]]


def refers_to(spot: Spot, given: Any, view: View) -> Verdict:
    """Ids in the field name items.

    `field`; `to` (queries of the ids; relative to the subject for its own items); `min` = 1 (different ids).
    """
    options(given, "field to min", "field to")
    value = view.one(spot, given["field"])
    named = {name for name in many(value) if isinstance(name, str)}
    known = [view.ids(path) if path.startswith("$") else view.values(spot, path) for path in many(given["to"])]
    if sum(any(name in ids for ids in known) for name in named) >= given.get("min", 1):
        return None
    return Fail({"value": value}, (key_of(given["field"]),), view.path(spot, given["field"]))


def referenced_by(spot: Spot, given: Any, view: View) -> Verdict:
    """Items name the subject: `from` (query of the references); `key` = id; `unless` (a key that excuses it)."""
    options(given, "from key unless", "from")
    if "unless" in given and view.one(spot, given["unless"]) is not None:
        return None
    key = given.get("key", "id")
    if view.one(spot, key) in view.ids(given["from"]):
        return None
    return Fail({}, (key,), view.path(spot, key))


def in_order(spot: Spot, given: Any, view: View) -> Verdict:
    """The dates come in this order.

    `dates` (paths or `as-of`); `grace_months` (on the last); `strict` (no two on one day); `skip_missing`.
    """
    options(given, "dates grace_months strict skip_missing", "dates")
    known = [(path, view.today if path == "as-of" else view.one(spot, path)) for path in given["dates"]]
    lacking = [path for path, date in known if not isinstance(date, str)]
    if lacking and not given.get("skip_missing"):
        return Fail({"date": None}, (key_of(lacking[0]),), view.path(spot, lacking[0]))
    known = [(path, date) for path, date in known if isinstance(date, str)]
    for index, ((before, start), (after, end)) in enumerate(pairwise(known)):
        grace = given.get("grace_months", 0) if index == len(known) - 2 else 0
        limit = add_months(end, grace) if grace else end
        if start > limit or (given.get("strict") and start == limit):
            path, date = (after, end) if before == "as-of" else (before, start)
            return Fail({"date": date}, (key_of(path),), view.path(spot, path))
    return None


def compares(spot: Spot, given: Any, view: View) -> Verdict:
    """The comparison of two quantities is true.

    `left`; `op` (= != < <= > >= ~) or `by` (a field that picks `op` from a table); `right`; `tolerance_percent` of the
    right side, `tolerance_points` (for ~ = <= >=); `scale` (words in rising order that both sides are looked up in).
    """
    options(given, "left op right by tolerance_percent tolerance_points scale", "left op right")
    left, right = _side(given["left"], given, spot, view), _side(given["right"], given, spot, view)
    op = _operator(given, spot, view)
    if left is not None and right is not None and op is not None and _true(left, op, right, given):
        return None
    paths = [side for side in (given["left"], given["right"]) if isinstance(side, str)]
    lacking = [path for path in paths if view.one(spot, path) is None] or paths
    at = view.path(spot, lacking[0]) if lacking else None
    return Fail({"left": left, "right": right}, tuple(map(key_of, lacking[:1])), at)


def _side(spec: Any, given: dict[str, Any], spot: Spot, view: View) -> Number | None:
    if "scale" not in given:
        return quantity(spec, spot, view)
    word = view.one(spot, spec)
    return given["scale"].index(word) if word in given["scale"] else None


def _operator(given: dict[str, Any], spot: Spot, view: View) -> str | None:
    """How to compare: the same for every subject, or picked by one of its fields. A wrong one is never passed over."""
    for op in given["op"].values() if "by" in given else (given["op"],):
        if op not in _COMPARE:
            raise OptionError(f"unknown comparison {op!r}")
    found: str | None = given["op"].get(view.one(spot, given["by"])) if "by" in given else given["op"]
    return found


def _true(left: Number, op: str, right: Number, given: dict[str, Any]) -> bool:
    slack: Number = abs(right) * given.get("tolerance_percent", 0) + 100 * given.get("tolerance_points", 0)
    return _COMPARE[op](100 * (left - right), slack)


# By how much the left side is over the right, and how much of that is tolerated, both in hundredths.
_COMPARE: dict[str, Callable[[Number, Number], bool]] = {
    "~": lambda over, slack: -slack <= over <= slack,
    "=": lambda over, slack: -slack <= over <= slack,
    "<=": lambda over, slack: over <= slack,
    ">=": lambda over, slack: over >= -slack,
    "<": lambda over, slack: over < 0,
    ">": lambda over, slack: over > 0,
    "!=": lambda over, slack: over != 0,
}


def differs(spot: Spot, given: Any, view: View) -> Verdict:
    """Two texts differ: `a`, `b`; `or` (the pair to compare when one of the first is missing)."""
    options(given, "a b or", "a b")
    a, b = view.one(spot, given["a"]), view.one(spot, given["b"])
    if (a is None or b is None) and "or" in given:
        return differs(spot, given["or"], view)
    if a is not None and b is not None and folded(str(a)) != folded(str(b)):
        return None
    return Fail({"value": a}, (key_of(given["a"]),), view.path(spot, given["a"]))


def not_stale(spot: Spot, given: Any, view: View) -> Verdict:
    """The date is not after as-of and not too old: `field`; `max_months`."""
    options(given, "field max_months", "field max_months")
    date = view.one(spot, given["field"])
    if isinstance(date, str) and date <= view.today and in_months(date, given["max_months"], view.today):
        return None
    return Fail({"date": date}, (key_of(given["field"]),), view.path(spot, given["field"]))


def covers(spot: Spot, given: Any, view: View) -> Verdict:
    """Everything needed is there.

    `need`, `need_else` (where the first selects nothing); `have` (a map counts as its keys); `language` (tags match
    when one is the other plus a subtag); `allow_missing` = 0; `as` (the name of what is lacking in the message).
    """
    options(given, "need need_else have language allow_missing as", "need have")
    need = view.values(spot, given["need"]) or (view.values(spot, given["need_else"]) if "need_else" in given else [])
    have = {
        text for value in view.values(spot, given["have"]) for text in (value if isinstance(value, dict) else (value,))
    }
    if given.get("language"):
        have = {prefix for tag in have for prefix in _prefixes(tag)} | {f"{tag.lower()}-" for tag in have}
        lacking = [tag for tag in need if not _spoken(tag, have)]
    else:
        lacking = [value for value in need if value not in have]
    lacking = list(dict.fromkeys(lacking))
    if need and len(lacking) <= given.get("allow_missing", 0):
        return None
    return Fail({given.get("as", "lacking"): lacking}, (key_of(given["need"]),), view.path(spot, given["need"]))


def _prefixes(tag: str) -> list[str]:
    """A language tag and every shorter form of it: sv-SE is also sv."""
    parts = tag.lower().split("-")
    return ["-".join(parts[: end + 1]) for end in range(len(parts))]


def _spoken(tag: str, have: set[str]) -> bool:
    return tag.lower() in have or any(f"{prefix}-" in have for prefix in _prefixes(tag))


def holds(spot: Spot, given: Any, view: View) -> Verdict:
    """An RFC 9535 filter is true of the subject, such as `@.have >= @.needed`."""
    return None if view.holds(spot, given) else Fail({})
