"""Compiles the shipped rules when a wheel or an editable installation is built."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Writes src/smlint/compiled.json, which git ignores and the wheel takes along."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        sys.path.insert(0, str(Path(self.root) / "src"))
        from smlint.proof import compile_rules

        compile_rules()
        build_data["artifacts"].append("src/smlint/compiled.json")
