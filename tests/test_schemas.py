"""The schemas by themselves: strict validators compile them, and editors' own servers help with nothing else."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.clients import client
from tests.editor import Editor

TOP = Path(__file__).parent.parent
SCHEMA: dict[str, Any] = json.loads((TOP / "schemas/plan.schema.json").read_text("utf-8"))
PLAN = """\
# yaml-language-server: $schema=plan.schema.json
smlint: 1
title: x
status: drafty
goals:
  - id: G1
    horizon: long
    sucess_criteria: []
channels:
  - id: c
   \x20
"""


def keys(node: Any, path: str = "") -> Any:
    """Every key that a plan may have, with its node."""
    for key, inner in node.get("properties", {}).items():
        yield f"{path}.{key}".lstrip("."), inner
        yield from keys(inner, f"{path}.{key}")
    for key, inner in node.get("$defs", {}).items():
        yield from keys(inner, key)
    for inner in (node.get("items"), node.get("additionalProperties"), *node.get("anyOf", ())):
        if isinstance(inner, dict):
            yield from keys(inner, path)


@pytest.mark.parametrize(
    ("name", "node"), list(keys(SCHEMA)), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_key_is_described_in_both_languages(name: str, node: dict[str, Any]) -> None:
    english, norwegian = node["description"].split("\n\n")
    assert english.strip()
    assert norwegian.strip()
    assert english != norwegian


def whole(node: dict[str, Any]) -> dict[str, Any]:
    return {**SCHEMA["$defs"][node["$ref"].rpartition("/")[2]], **node} if "$ref" in node else node


ENUMS = {name: node for name, node in keys(SCHEMA) if len(whole(node).get("enum", ())) in range(1, 15)}


@pytest.mark.parametrize("name", ENUMS)
def test_every_value_of_an_enum_is_explained_in_both_languages(name: str) -> None:
    node = whole(ENUMS[name])
    for text in node["description"].split("\n\n"):
        assert [line.partition(":")[0] for line in text.split("\n")[1:]] == [f"- {value}" for value in node["enum"]]


@pytest.mark.parametrize("name", [name for name, node in SCHEMA["$defs"].items() if node.get("type") == "object"])
def test_every_kind_of_item_has_a_title(name: str) -> None:
    english, norwegian = SCHEMA["$defs"][name]["title"].split(" / ")
    assert len(english) < 25
    assert len(norwegian) < 25


def test_the_title_is_short_for_it_stands_before_every_complaint() -> None:
    assert SCHEMA["title"] == "smlint plan"


@pytest.mark.parametrize("name", ["plan", "dimensions", "report"])
def test_strict_validators_compile_them(name: str) -> None:
    words = ("compile", "--spec=draft2020", "--strict=true", "-c", "ajv-formats", "-s", f"schemas/{name}.schema.json")
    said = subprocess.run([client("node_modules/.bin/ajv"), *words], cwd=TOP, capture_output=True, timeout=60)
    assert said.returncode == 0, said.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plan.schema.json").write_text(json.dumps(SCHEMA), "utf-8")
    return tmp_path


def test_yaml_language_server_helps_with_the_schema_alone(folder: Path) -> None:
    with Editor(str(client("node_modules/.bin/yaml-language-server")), "--stdio", cwd=folder) as editor:
        editor.settings = {
            "yaml": {"schemaStore": {"enable": False}, "hover": True, "completion": True, "validate": True}
        }
        editor.tell("workspace/didChangeConfiguration", {"settings": editor.settings})
        uri = editor.open(folder / "plan.yaml", PLAN)
        found = editor.found(uri, lambda found: len(found) >= 2)
        assert {(each["range"]["start"]["line"], each["source"]) for each in found} == {
            (3, "yaml-schema: smlint plan"), (7, "yaml-schema: Goal / Mål"),
        }  # fmt: skip
        hover = json.dumps(editor.at("hover", uri, 6, 6), ensure_ascii=False)
        assert "over years" in hover
        assert "over flere år" in hover
        values = {each["label"] for each in editor.at("completion", uri, 6, 13)["items"]}
        assert {"short", "medium", "long"} <= values
        named = {each["label"] for each in editor.at("completion", uri, 10, 4)["items"]}
        assert {"platform", "purpose", "two_way"} <= named


def test_vscode_json_language_server_helps_with_the_schema_alone(folder: Path) -> None:
    address = (folder / "plan.schema.json").as_uri()
    text = json.dumps({"$schema": address, "smlint": 1, "title": "x", "status": "drafty", "langauge": "nb"}, indent=1)
    capabilities = {"textDocument": {"diagnostic": {}, "hover": {}, "completion": {}}}
    server = str(client("node_modules/.bin/vscode-json-language-server"))
    with Editor(
        server, "--stdio", cwd=folder, options={"handledSchemaProtocols": ["file"]}, capabilities=capabilities
    ) as editor:
        uri = editor.open(folder / "plan.json", text, "json")
        found = editor.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}})["items"]
        assert {each["range"]["start"]["line"] for each in found} == {4, 5}  # and not line 1, where the schema is named
        assert "being written" in json.dumps(editor.at("hover", uri, 4, 4))
        assert '"draft"' in {each["label"] for each in editor.at("completion", uri, 4, 13)["items"]}
