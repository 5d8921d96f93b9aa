"""Holds a plan against rules: selects the subjects, sees whether they are blocked, asks the verb, notes the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from smlint.checks import Fail, OptionError, Prepared, Verdict, quantity, verb
from smlint.expression import ExpressionError
from smlint.finding import Finding, Outcome
from smlint.format import coded_keys
from smlint.plan import Path
from smlint.profile import Predicates, View
from smlint.profile import applies as profile_test
from smlint.query import condition, query
from smlint.rule import Rule
from smlint.rulebook import MODIFIERS, OWNERS, Rulebook, RuleError, base
from smlint.spot import Spot, identity
from smlint.words import Code, Measure, Percent, Word, holes

_Check = Callable[[Spot, View], Any]  # -> Verdict, or LEFT_OUT
_Quick = Callable[[list[Any], Any, View], bool]  # subjects, plan, view -> do all of them surely hold
LEFT_OUT: Any = object()  # a check whose `if` or `when` is false: neither holds nor fails


Outcomes = dict[str, Outcome]  # by rule, of the rules that apply to a plan


def lint(view: View, book: Rulebook) -> Outcomes:
    """Hold a plan against every rule. Raises RuleError when a rule or verb cannot be run."""
    return lint_all([view], book)[0]


def lint_all(views: Sequence[View], book: Rulebook) -> list[Outcomes]:
    """Hold several plans against every rule, rule by rule: what a rule needs is then at hand for all of them."""
    runs = [_Run(view, book) for view in views]
    for id, rule in book.rules.items():
        try:
            for run in runs:
                ready = run.rules.get(id)
                if ready is not None:
                    run.judge(ready)
        except RuleError:
            raise
        except Exception as error:  # a verb that crashes is a fault of the rule, never a pass
            raise _crash(rule, error) from error
    return [run.outcomes for run in runs]


def _crash(rule: Rule, error: Exception) -> RuleError:
    said = str(error) if isinstance(error, OptionError | ExpressionError) else f"{type(error).__name__}: {error}"
    return RuleError(rule.file, rule.lines.get("check", 1), f"the rule {rule.id} cannot be run: {said}")


PROFILES = 256  # of the plans of one run, that are kept in mind


@lru_cache(PROFILES)
def applicable(book: Rulebook, predicates: Predicates) -> tuple[tuple[Rule, str], ...]:
    """The rules that apply to plans of a profile, in the order in which they run, each with its severity there."""
    rules = [rule for rule in book.rules.values() if not rule.applies or profile_test(rule.applies)(predicates)]
    return tuple(_at(book, rule.id, _severity(rule, predicates)) for rule in rules)


@cache
def _at(book: Rulebook, id: str, severity: str) -> tuple[Rule, str]:
    """One pair for all profiles in which a rule has this severity: there are many."""
    return book.rules[id], severity


@lru_cache(PROFILES)
def prepared(book: Rulebook, predicates: Predicates) -> dict[str, Ready]:
    """The same rules by id, made ready to be asked."""
    return {rule.id: _ready(book, rule.id, severity) for rule, severity in applicable(book, predicates)}


def _severity(rule: Rule, predicates: Predicates) -> str:
    """A rule's severity for a profile: the first that holds, else the default."""
    by_profile = (severity for when, severity in rule.severity[:-1] if profile_test(when)(predicates))
    return next(by_profile, rule.default_severity)


OFTEN = 16  # plans, from which on making a function of a rule is worth its while


class Ready:
    """A rule at one severity with its texts turned into functions, once per rulebook.

    `quick` tells whether the check surely holds of all subjects; `clean` are the outcomes where it does, by the number
    of subjects: one object for all plans.
    """

    __slots__ = (
        "_asked", "_weights", "base", "blocked", "blockers", "check", "clean", "given", "id", "options", "quick",
        "rule", "said", "select", "severity", "wanted",
    )  # fmt: skip

    def __init__(self, rule: Rule, severity: str, weights: Mapping[str, int]) -> None:
        self.rule = rule
        self.id = rule.id
        self.severity = severity
        self.given = rule.given
        self.select = query(rule.given)
        self.base = base(rule.given)
        self.check = _compiled(rule.check)
        self.blocked = [blocker for entry in rule.blocked for blocker in _blockers(entry)]
        self.blockers = frozenset(blocker.by for blocker in self.blocked)
        self.said: set[str] | None = None  # the values that messages ask for; looked up when something is found
        self.options: dict[str, Any] = {}  # those of them that the rule states,
        self.wanted: dict[str, Any] = {}  # and those that it says how to find
        self.quick: _Quick = self._not_yet
        self.clean: dict[int, Outcome] = {}
        self._asked = 0
        self._weights = weights

    def _not_yet(self, subjects: list[Any], root: Any, view: View) -> bool:
        """Until enough plans have come along the verbs judge, who need no preparation."""
        self._asked += 1
        if self._asked >= OFTEN:
            from smlint.quick import hasten, quick  # only where there are many plans

            self.quick = quick(self.rule.check)
            hasten(self.select)
        return False

    def look_up_words(self) -> set[str]:
        """Find out which values the messages ask for."""
        self.said = said = set().union(*map(holes, self.rule.message.values()))
        self.options = {name: value for name, value in self.rule.options.items() if name in said}
        self.wanted = {name: spec for name, spec in self.rule.values.items() if name in said}
        return said

    def outcome(self, subjects: int, passed: int, blocked: dict[str, int], findings: list[Finding]) -> Outcome:
        """An outcome of this rule."""
        return Outcome(self.rule, self.severity, subjects, passed, blocked, findings, self._weights)


@cache
def _ready(book: Rulebook, id: str, severity: str) -> Ready:
    """A rule of a book, made ready when the first plan that it applies to comes along."""
    rule = book.rules[id]
    try:
        return Ready(rule, severity, book.severities)
    except (ValueError, KeyError, TypeError) as error:
        raise _crash(rule, error) from error


class _Blocker:
    """A condition under which a subject is blocked, and the rule that then reports it."""

    __slots__ = ("by", "filter", "here", "lacks", "missing", "verdict")

    def __init__(self, by: str, entry: dict[str, Any]) -> None:
        self.by = by
        self.missing = [query(path) for path in _listed(entry.get("missing", []))]
        self.lacks = [query(path) for path in _listed(entry.get("empty", []))]
        self.filter = condition(entry["if"]) if "if" in entry else None
        self.verdict: str | None = entry.get("check")
        self.here: str | None = entry.get("finding_here")

    def holds(self, spot: Spot, view: View, run: _Run, check: _Check) -> bool:
        root, value = view.data, spot.value
        if self.missing and all(path.one(root, value) is not None for path in self.missing):
            return False
        if self.lacks and any(view.select(path, value) for path in self.lacks):
            return False
        if self.filter is not None and not self.filter(root, value):
            return False
        if self.here is not None and spot.path not in run.at_fault(self.here):
            return False
        return self.verdict is None or (check(spot, view) is None) == (self.verdict == "pass")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _blockers(entry: dict[str, Any]) -> list[_Blocker]:
    """One per rule that may block: a list under `finding` stands for several conditions."""
    named = entry.get("by") or entry.get("finding") or entry.get("finding_here")
    return [_Blocker(by, entry) for by in _listed(named)]


class _Run:
    """One plan's way through the rules: outcomes so far, and which rule stands behind each that is not clean."""

    def __init__(self, view: View, book: Rulebook) -> None:
        self.view = view
        self.rules = prepared(book, view.predicates)
        self.outcomes: Outcomes = {}
        self.faults: dict[str, str] = {}  # rule -> itself if it has a finding, else the rule that blocks it
        self._subjects: dict[str, list[Any]] = {"$": [view.data]}  # by query: what it selects
        self._spots: dict[str, list[Spot]] = {"$": [Spot((), view.data, view.plan)]}
        self._at_fault: dict[str, frozenset[Path]] = {}

    def judge(self, ready: Ready) -> None:
        view, faults = self.view, self.faults
        subjects = self._subjects.get(ready.given)
        if subjects is None:
            subjects = self._subjects[ready.given] = ready.select.values(view.data, None)
        if not subjects:
            self.empty(ready)
            return
        conditions: Sequence[_Blocker] = ()
        if faults and not ready.blockers.isdisjoint(faults):
            conditions = [entry for entry in ready.blocked if entry.by in faults]
        try:
            holds = not conditions and ready.quick(subjects, view.data, view)
        except Exception:  # the verbs will say what is wrong with the rule
            holds = False
        if not holds:
            self.look_closely(ready, conditions)
            return
        number = len(subjects)
        outcome = ready.clean.get(number)
        if outcome is None:
            outcome = ready.clean[number] = ready.outcome(number, number, {}, [])
        self.outcomes[ready.id] = outcome

    def look_closely(self, ready: Ready, conditions: Iterable[_Blocker]) -> None:
        """Ask the verbs about every subject, unless a rule blocks it."""
        passed = 0
        blocked: dict[str, int] = {}
        findings: list[Finding] = []
        view, check, spots = self.view, ready.check, self.spots(ready)
        for spot in spots:
            blocker = self.blocker(conditions, spot, check) if conditions else None
            if blocker is not None:
                blocked[blocker] = blocked.get(blocker, 0) + 1
                continue
            fail = check(spot, view)
            if fail is None or fail is LEFT_OUT:
                passed += 1
            else:
                findings.append(self.finding(ready, spot, fail))
        self.note(ready.outcome(len(spots), passed, blocked, findings))

    def spots(self, ready: Ready) -> list[Spot]:
        """What the rule looks at, with paths."""
        if ready.given not in self._spots:
            located = ready.select.located(self.view.data)
            self._spots[ready.given] = [Spot(path, value, self.view.plan) for path, value in located]
        return self._spots[ready.given]

    def blocker(self, conditions: Iterable[_Blocker], spot: Spot, check: _Check) -> str | None:
        """The rule that blocks this subject: the one behind the first condition that is true."""
        for entry in conditions:
            if entry.holds(spot, self.view, self, check):
                return self.faults[entry.by]
        return None

    def at_fault(self, rule: str) -> frozenset[Path]:
        """The subjects on which a rule has a finding, worked out once."""
        if rule not in self._at_fault:
            self._at_fault[rule] = frozenset(finding.path for finding in self.outcomes[rule].findings)
        return self._at_fault[rule]

    def empty(self, ready: Ready) -> None:
        """The rule selects nothing: it fails on the plan, is blocked as a whole, or does not apply."""
        rule = ready.rule
        if rule.empty == "fail" or isinstance(rule.empty, dict):
            at = query(rule.empty["fail"]).names if isinstance(rule.empty, dict) else ready.select.names
            fail = Fail({}, (".".join(map(str, ready.select.names)),), at)
            self.note(ready.outcome(1, 0, {}, [self.finding(ready, self._spots["$"][0], fail, at)]))
            return
        behind = self.faults.get(rule.empty) if isinstance(rule.empty, str) else None
        if behind is None and ready.base is not None and not query(ready.base).values(self.view.data, None):
            behind = self.faults.get(OWNERS[ready.base])
        if behind is not None:
            self.note(ready.outcome(1, 0, {behind: 1}, []))

    def note(self, outcome: Outcome) -> None:
        self.outcomes[outcome.rule.id] = outcome
        if outcome.findings:
            self.faults[outcome.rule.id] = outcome.rule.id
        elif outcome.blocked:
            self.faults[outcome.rule.id] = min(outcome.blocked)  # not the first: the order of items decides nothing

    def finding(self, ready: Ready, spot: Spot, fail: Fail, at: Path | None = None) -> Finding:
        """A failed subject with the values that its message needs."""
        rule, view = ready.rule, self.view
        said = ready.look_up_words() if ready.said is None else ready.said
        if at is None:
            at = spot.path if rule.place == "@" else view.path(spot, rule.place) if rule.place else fail.at or spot.path
        values = {**ready.options, **_values(ready.wanted, spot, view)}
        for name, value in fail.values.items():
            if name in said:
                values[name] = value
        if "as_of" in said:
            values["as_of"] = view.today
        place, stands = view.plan.located(at)
        below = f"{rule.place}." if rule.place and stands else ""
        values["missing"] = [Code(key.removeprefix(below)) if type(key) is str else str(key) for key in fail.missing]
        values["label"] = spot.label
        return Finding(
            rule,
            ready.severity,
            spot.path,
            at,
            values,
            id=f"{rule.id}@{identity(view.plan, spot.path)}",
            place=place,
            stands=bool(at) and stands,
        )


# --- checks ------------------------------------------------------------------------------------------------------


def _compiled(check: dict[str, Any]) -> _Check:
    """A check of a rule file as one function: a verb, or all/any of several, with its modifiers."""
    name = next(key for key in check if key not in MODIFIERS)
    run = _group(name, check[name]) if name in ("all", "any") else _asks(name, check[name])
    filter = condition(check["if"]) if "if" in check else None
    when = profile_test(check["when"]) if "when" in check else None
    if when is None and not check.keys() & {"at", "values", "missing"}:
        if filter is None:
            return run
        return lambda spot, view: run(spot, view) if filter(view.data, spot.value) else LEFT_OUT

    def judged(spot: Spot, view: View) -> Any:
        if when is not None and not when(view.predicates):
            return LEFT_OUT
        if filter is not None and not filter(view.data, spot.value):
            return LEFT_OUT
        verdict = run(spot, view)
        return verdict if verdict is None or verdict is LEFT_OUT else _modified(verdict, check, spot, view)

    return judged


def _asks(name: str, given: Any) -> _Check:
    check = verb(name)
    if isinstance(check, Prepared):
        return check.make(given)
    return lambda spot, view: check(spot, given, view)


def _group(name: str, checks: list[dict[str, Any]]) -> _Check:
    """`all`: every check holds. `any`: one does. Checks that are left out do not count; if all are, the group holds."""
    parts = [_compiled(check) for check in checks]

    def every(spot: Spot, view: View) -> Any:
        fails: list[Fail] = []
        for part in parts:
            verdict = part(spot, view)
            if verdict is not None and verdict is not LEFT_OUT:
                fails.append(verdict)
        return _joined(fails) if fails else None

    def some(spot: Spot, view: View) -> Any:
        fails = []
        for part in parts:
            verdict = part(spot, view)
            if verdict is None:
                return None
            if verdict is not LEFT_OUT:
                fails.append(verdict)
        return _joined(fails) if fails else None

    return every if name == "all" else some


def _joined(fails: list[Fail]) -> Fail:
    """Several failures as one: the first decides values and place, `missing` lists the keys of all."""
    if len(fails) == 1:
        return fails[0]
    values = {name: value for fail in reversed(fails) for name, value in fail.values.items()}
    missing = tuple(dict.fromkeys(key for fail in fails for key in fail.missing))
    return Fail(values, missing, fails[0].at)


def _modified(fail: Fail, check: dict[str, Any], spot: Spot, view: View) -> Verdict:
    """`at`, `values` and `missing` beside a verb take the place of what the verb says."""
    values = fail.values | _values(check["values"], spot, view) if "values" in check else fail.values
    missing = tuple(_listed(check["missing"])) if "missing" in check else fail.missing
    return Fail(values, missing, view.path(spot, check["at"]) if "at" in check else fail.at)


def _values(wanted: dict[str, Any], spot: Spot, view: View) -> dict[str, Any]:
    return {name: _value(spec, spot, view) for name, spec in wanted.items()}


def _value(spec: Any, spot: Spot, view: View) -> Any:
    """A value for a message: a constant, a text in each language, a quantity, or what a query selects."""
    if isinstance(spec, dict):
        if "percent" in spec:
            return Percent(quantity(spec["percent"], spot, view))
        if "hours" in spec:
            return Measure(quantity(spec["hours"], spot, view), Word("value.hours"))
        if "money" in spec:
            return Measure(quantity(spec["money"], spot, view), view.one(spot, spec["currency"]))
        return spec if "en" in spec else quantity(spec, spot, view)
    if not isinstance(spec, str):
        return spec
    asked = query(spec)
    code = asked.last_name in coded_keys()
    found = [Code(value) if code and isinstance(value, str) else value for value in view.values(spot, spec)]
    if asked.singular:
        return found[0] if found else None
    return list(dict.fromkeys(found))
