"""The map of the business: objectives → goals → criteria → initiatives → channels → departments, and what is broken."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

from smlint.record import Record
from smlint.report import Report
from smlint.words import say, shown

COLUMNS = ("objectives", "goals", "success_criteria", "initiatives", "channels", "departments")
_MOST = 40  # nodes of a column; a map of more is read by nobody
WIDE, HIGH, GAP, AISLE, TOP = 168, 50, 14, 52, 34  # of a node, between nodes, between columns, above all
_LINE = 24  # characters of a node's line


class Node(Record):
    """One thing of the plan. `faults` are keys of words that say what is broken; `ghost`: it is named and not there;
    `aside` says why it has no links and needs none."""

    column: int
    row: int
    id: str
    text: str
    faults: tuple[str, ...]
    ghost: bool = False
    aside: str = ""

    @property
    def x(self) -> int:
        return self.column * (WIDE + AISLE)

    @property
    def y(self) -> int:
        return TOP + self.row * (HIGH + GAP)

    @property
    def lines(self) -> list[str]:
        """The text in two lines at most."""
        return textwrap.wrap(self.text, _LINE, max_lines=2, placeholder=" …", break_long_words=True) or [""]


class Edge(Record):
    """A link between two nodes; `broken` where one of them is not there."""

    start: Node
    end: Node
    broken: bool

    @property
    def path(self) -> str:
        """A curve from the right side of one to the left side of the other; past the columns that lie between, it runs
        in the gap under a row, so that it seems to touch nothing on its way."""
        x1, y1 = self.start.x + WIDE, self.start.y + HIGH // 2
        x2, y2 = self.end.x, self.end.y + HIGH // 2
        if self.end.column - self.start.column == 1:
            return f"M{x1} {y1} {_curve(x1, y1, x2, y2)}"
        lane = self.start.y + HIGH + GAP // 2
        into, out = x1 + AISLE, x2 - AISLE
        return f"M{x1} {y1} {_curve(x1, y1, into, lane)} L{out} {lane} {_curve(out, lane, x2, y2)}"


def _curve(x1: int, y1: int, x2: int, y2: int) -> str:
    middle = (x1 + x2) // 2
    return f"C{middle} {y1} {middle} {y2} {x2} {y2}"


def business_map(report: Report, language: str) -> dict[str, Any] | None:
    """Nodes, edges and size of the map, and the broken links in words; None where there is nothing to draw."""
    items = {name: _items(report.data, name) for name in COLUMNS}
    if not any(items.values()):
        return None
    links = list(_links(report, items))
    nodes = _nodes(report, items, links, language)
    edges = [
        Edge(nodes[start], nodes[end], nodes[start].ghost or nodes[end].ghost)
        for start, end in dict.fromkeys(links)
        if start in nodes and end in nodes
    ]
    rows = max(node.row for node in nodes.values()) + 1
    hidden = sum(max(0, len(found) - _MOST) for found in items.values())
    return {
        "nodes": list(nodes.values()),
        "edges": edges,
        "width": len(COLUMNS) * (WIDE + AISLE) - AISLE,
        "height": TOP + rows * (HIGH + GAP),
        "heads": [(index * (WIDE + AISLE), name) for index, name in enumerate(COLUMNS)],
        "broken": [(node, fault) for node in nodes.values() for fault in node.faults],
        "declined": [node for node in nodes.values() if node.aside and node.id],
        "hidden": hidden,
        "chains": _told(items, links, nodes),
    }


Key = tuple[str, str]  # list and id


def _items(data: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    """The items of a list by id; one without an id goes by its number."""
    if name == "success_criteria":
        found = [criterion for goal in data.get("goals", ()) for criterion in goal.get("success_criteria", ())]
    else:
        found = data.get(name, [])
    return {str(item.get("id", f"#{index + 1}")): item for index, item in enumerate(found)}


def _links(report: Report, items: dict[str, dict[str, dict[str, Any]]]) -> Iterable[tuple[Key, Key]]:
    """What names what, from left to right; as it is written, so that references to nothing are seen."""
    written = report.plan.data
    for goal_id, goal, raw in _beside(items["goals"], written.get("goals")):
        for objective in _ids(raw.get("supports")):
            yield ("objectives", objective), ("goals", goal_id)
        for criterion in goal.get("success_criteria", ()):
            if "id" in criterion:
                yield ("goals", goal_id), ("success_criteria", criterion["id"])
    for id, item, raw in _beside(items["initiatives"], written.get("initiatives")):
        for goal_id in _ids(raw.get("goals")):
            yield ("goals", goal_id), ("initiatives", id)
        for channel in _ids(raw.get("channels")):
            yield ("initiatives", id), ("channels", channel)
        for department in _ids(item.get("departments")):
            yield ("initiatives", id), ("departments", department)


def _beside(items: dict[str, dict[str, Any]], written: Any) -> Iterable[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Items with what is written of them."""
    raws = [raw for raw in written if isinstance(raw, dict)] if isinstance(written, list) else []
    by_id = {str(raw.get("id")): raw for raw in raws}
    for id, item in items.items():
        yield id, item, by_id.get(id, item)


def _ids(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _nodes(
    report: Report, items: dict[str, dict[str, dict[str, Any]]], links: list[tuple[Key, Key]], language: str
) -> dict[Key, Node]:
    """All nodes in their rows. A column is ordered by what its items hang on, so that few links cross."""
    nodes: dict[Key, Node] = {}
    for column, name in enumerate(COLUMNS):
        ids = list(items[name])[:_MOST]
        ghosts = [end[1] for end in _ends(links, name) if end[1] not in items[name]]
        rank = {id: _rank(id, name, links, nodes) for id in ids}
        ordered = sorted(ids, key=lambda id: rank[id])
        for row, id in enumerate([*ordered, *dict.fromkeys(ghosts)]):
            item = items[name].get(id)
            if item is None:
                nodes[name, id] = Node(column, row, shown(id, 40), "", ("unknown",), ghost=True)
            else:
                faults = tuple(_faults(name, id, item, links))
                aside = shown(str(item.get("not_served", "")), 120)
                nodes[name, id] = Node(column, row, shown(id, 24), _text(name, item), faults, aside=aside)
        if not ids and not ghosts:
            none = say("page.map-empty", language)
            nodes[name, ""] = Node(column, 0, "", none, (), aside=none)
    return nodes


def _ends(links: list[tuple[Key, Key]], name: str) -> list[Key]:
    return [end for link in links for end in link if end[0] == name]


def _rank(id: str, name: str, links: list[tuple[Key, Key]], nodes: dict[Key, Node]) -> float:
    """The mean row of what an item hangs on; what hangs on nothing comes last."""
    rows = [nodes[start].row for start, end in links if end == (name, id) and start in nodes]
    return sum(rows) / len(rows) if rows else (0.0 if name == "objectives" else 1e9)


def _text(name: str, item: dict[str, Any]) -> str:
    keys = {"objectives": "statement", "goals": "statement", "success_criteria": "name", "initiatives": "title"}
    text = item.get(keys.get(name, "name")) or item.get("metric") or item.get("platform") or ""
    if name == "success_criteria" and isinstance(item.get("target"), int):
        text = f"{text} → {item['target']}"
    return shown(str(text), 80)


def _faults(name: str, id: str, item: dict[str, Any], links: list[tuple[Key, Key]]) -> Iterable[str]:
    """What is broken at an item."""
    here = (name, id)
    if name == "objectives" and "not_served" not in item and not any(start == here for start, _ in links):
        yield "unserved"
    if name == "goals":
        if not item.get("supports"):
            yield "no-objective"
        if not item.get("success_criteria"):
            yield "no-criteria"
        if not item.get("_initiatives"):
            yield "no-initiative"
    if name == "initiatives" and not item.get("goals"):
        yield "no-goal"
    if name == "channels" and not item.get("goals") and not any(end == here for _, end in links):
        yield "no-use"
    if name == "departments" and not any(end == here for _, end in links):
        yield "not-involved"


def _told(
    items: dict[str, dict[str, dict[str, Any]]], links: list[tuple[Key, Key]], nodes: dict[Key, Node]
) -> list[tuple[Node, list[Node]]]:
    """The map as a list: each goal and what it is linked with; for those who do not see the drawing."""
    found = []
    for id in items["goals"]:
        if ("goals", id) in nodes:
            near = [end for start, end in links if start == ("goals", id)]
            near += [start for start, end in links if end == ("goals", id)]
            found.append((nodes["goals", id], [nodes[key] for key in dict.fromkeys(near) if key in nodes]))
    return found


# --- departments and purposes ---------------------------------------------------------------------------------------


def heat_maps(report: Report, language: str) -> list[dict[str, Any]]:
    """Departments × purposes, external and internal use apart: in how many initiatives each takes part."""
    departments, goals = _items(report.data, "departments"), _items(report.data, "goals")
    channels = _items(report.data, "channels")
    if not departments:
        return []
    maps = []
    for scope in ("external", "internal"):
        counts: dict[tuple[str, str], int] = {}
        for initiative in report.data.get("initiatives", ()):
            named = [goals[id] for id in initiative.get("goals", ()) if id in goals]
            if scope not in _scopes(initiative, named, channels):
                continue
            purposes = dict.fromkeys(goal["function"] for goal in named if "function" in goal)
            for department in dict.fromkeys(initiative.get("departments", ())):
                for purpose in purposes:
                    counts[department, purpose] = counts.get((department, purpose), 0) + 1
        columns = sorted({purpose for _, purpose in counts})
        rows = [
            (shown(item.get("name", id), 60), [counts.get((id, purpose), 0) for purpose in columns])
            for id, item in departments.items()
        ]
        maps.append({"scope": scope, "columns": columns, "rows": rows, "most": max([*counts.values(), 1])})
    return maps


def _scopes(initiative: dict[str, Any], goals: list[dict[str, Any]], channels: dict[str, dict[str, Any]]) -> set[str]:
    """Whether an initiative is for outside, inside, or both: by its channels, else by the function of its goals."""
    found = {channels[id]["scope"] for id in initiative.get("channels", ()) if id in channels}
    if found:
        return found
    return {"internal" if goal.get("function") == "internal" else "external" for goal in goals}
