"""Works out ahead what start-up needs when a wheel or an editable installation is built."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """A wheel takes its facts along; an editable installation has them in the checkout, where git ignores them."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        sys.path.insert(0, str(Path(self.root) / "src"))
        from smlint.proof import look_ahead

        if version == "editable":
            look_ahead()
            return
        self.made = Path(mkdtemp()) / "ahead.bin"
        look_ahead(self.made)
        build_data["force_include"][str(self.made)] = "smlint/ahead.bin"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self.made.unlink()
            self.made.parent.rmdir()
