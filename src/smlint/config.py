"""What holds for each plan: the nearest configuration upwards and the command line, merged into Settings."""

from __future__ import annotations

import os
from fractions import Fraction
from typing import Any

from smlint.checks import PluginError, allow
from smlint.configfile import NAMES, Config, ConfigError, laid, matches, read_config
from smlint.files import Entry, Files, called
from smlint.record import Record
from smlint.rulebook import Rulebook, read_rules
from smlint.settings import Settings
from smlint.tailor import tailored

__all__ = ["ConfigError", "Configurations", "Options"]


class Options(Record):
    """What the command line says; it goes before any configuration."""

    file: str | None = None
    isolated: bool = False
    rule_folders: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    language: str | None = None
    fail_on: str | None = None
    min_score: Fraction | None = None
    min_level: int | None = None
    baseline: str | None = None


class Configurations:
    """Finds what holds for each plan. `settings` are all that were needed so far; `of` gives the number of one."""

    def __init__(self, files: Files, options: Options = Options()) -> None:
        self.files = files
        self.options = options
        self.settings: list[Settings] = []
        self.found: dict[str, Config] = {}  # by folder, every configuration met
        self._at: dict[str, Config | None] = {}
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._books: dict[tuple[str, ...], tuple[Rulebook, dict[str, Entry]]] = {}
        self._fixed = self._named() if options.file is not None and not options.isolated else None
        allow(options.plugins)

    def _named(self) -> Config:
        """The configuration that --config names. Raises ConfigError."""
        assert self.options.file is not None
        name, path = self.options.file, os.path.abspath(self.options.file)
        if not self.files.entry(path).is_file():
            raise ConfigError(name, 1, f"does not exist{_where(self.files)}")
        found = read_config(self.files, path, name)
        if found is None:
            raise ConfigError(name, 1, "has no table [tool.smlint]")
        self.found[os.path.dirname(path)] = found
        return found

    def at(self, folder: str) -> Config | None:
        """The configuration that holds in an absolute folder, None for none. Raises ConfigError."""
        if self._fixed is not None or self.options.isolated:
            return self._fixed
        if folder not in self._at:
            self._at[folder] = self._in(folder) or self._above(folder)
        return self._at[folder]

    def _in(self, folder: str) -> Config | None:
        here = self.files.entry(folder)
        for name in NAMES:
            if (here / name).is_file():
                path = os.path.join(folder, name)
                found = read_config(self.files, path, called(path))
                if found is not None:
                    self.found[folder] = found
                    return found
        return None

    def _above(self, folder: str) -> Config | None:
        """Upwards to the top of the repository; outside of any, to the working directory, for what lies above it is
        not ours."""
        parent = os.path.dirname(folder)
        if parent == folder or os.path.exists(os.path.join(folder, ".git")):
            return None
        here = os.getcwd()
        if _top(folder) is None and (folder == here or not folder.startswith(here.rstrip(os.sep) + os.sep)):
            return None
        return self.at(parent)

    def excludes(self, config: Config | None, path: str, folder: bool) -> bool:
        """Whether a configuration passes by a file or folder; `include` speaks of files only."""
        if config is None:
            return False
        excluded, included = config.data.get("exclude"), config.data.get("include")
        if excluded is not None and matches(excluded, path, folder):
            return True
        return included is not None and not folder and not matches(included, path, folder)

    def of(self, path: str) -> int:
        """The number of the settings of a plan, by its absolute path. Raises RuleError."""
        config = self.at(os.path.dirname(path))
        overrides = config.data["overrides"] if config else []
        chosen = tuple(i for i, each in enumerate(overrides) if matches(each["files"], path, False))
        key = (config.name if config else None, chosen)
        if key not in self._numbers:
            self.settings.append(self._settle(config, [overrides[i] for i in chosen]))
            self._numbers[key] = len(self.settings) - 1
        return self._numbers[key]

    def _settle(self, config: Config | None, overrides: list[dict[str, Any]]) -> Settings:
        """Options over configuration over defaults."""
        config = config or Config("smlint.yaml", {}, {})
        wishes = dict(config.data)
        for each in overrides:
            wishes = laid(wishes, each)
        self._allow(config)
        book, files = self._book(config)
        gate, options = wishes.get("gate", {}), self.options
        return Settings(
            book=tailored(book, wishes, files, config.complain),
            language=options.language or wishes.get("lang"),
            fail_on=options.fail_on or gate.get("fail_on", "error"),
            min_score=gate.get("min_score") if options.min_score is None else options.min_score,
            min_level=gate.get("min_level") if options.min_level is None else options.min_level,
            new_waivers=gate.get("new_waivers") == "allow",
            baseline=os.path.abspath(options.baseline) if options.baseline else wishes.get("baseline"),
            source=config.name if config.data else None,
        )

    def _allow(self, config: Config) -> None:
        try:
            allow(config.data.get("plugins", ()))
        except PluginError as error:
            raise config.complain(("plugins",), str(error)) from None

    def _book(self, config: Config) -> tuple[Rulebook, dict[str, Entry]]:
        """The rules before a configuration has its say: shipped ones, its own folders', those of --rules."""
        own = config.data.get("rule_folders", [])
        folders = (*own, *map(os.path.abspath, self.options.rule_folders))
        for folder in own:
            if not self.files.entry(folder).is_dir():
                raise config.complain(("rule_folders",), f"{called(folder)} is not a folder{_where(self.files)}")
        if folders not in self._books:
            entries = [self.files.entry(folder) for folder in folders]
            book = read_rules(entries)
            files = {
                id: folder / rule.dimension / f"{id}.yaml"
                for folder in entries
                for id, rule in book.rules.items()
                if (folder / rule.dimension / f"{id}.yaml").is_file()
            }
            self._books[folders] = book, files
        return self._books[folders]


def _where(files: Files) -> str:
    """At which revision something was looked for."""
    name = getattr(files, "name", None)
    return f" at {name}: what judges a change must stand there already" if name else ""


def _top(folder: str) -> str | None:
    """The top of the repository around a folder; None outside of any."""
    while not os.path.exists(os.path.join(folder, ".git")):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return None
    return folder
