"""The server: speaks the Language Server Protocol over standard input and output, and tells editors what it thinks.

Protocol: https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from datetime import date
from typing import Any, NoReturn, TypeVar

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from smlint import __version__
from smlint.checks import PluginError
from smlint.config import Configurations, Options
from smlint.configfile import NAMES
from smlint.discovery import place_of
from smlint.files import Disk
from smlint.lsp.actions import actions, everything
from smlint.lsp.complete import completions
from smlint.lsp.diagnostics import diagnostics
from smlint.lsp.document import Document
from smlint.lsp.hover import hover
from smlint.lsp.names import Name, definitions, name_at, renamed, uses
from smlint.lsp.outline import lenses, symbols
from smlint.rulebook import RuleError
from smlint.settings import Settings

_PAUSE = 0.15  # seconds without a key before a text is judged: shorter than a glance, longer than between two keys
_TRIGGERS = [" ", ":", "-", "[", "{", ",", '"']
T = TypeVar("T")


class Server(LanguageServer):
    """Keeps what is known of each open document, by its address.

    A text is judged in a thread, so that a long one keeps no message waiting. Whole texts are exchanged rather than
    changes to them: pygls counts lines where Unicode ends them (U+2028, form feed, …), the protocol where carriage
    return and line feed do.
    """

    def __init__(self, options: Options, as_of: date | None) -> None:
        super().__init__("smlint", __version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Full)
        self.options, self.as_of = options, as_of
        self.documents: dict[str, Document] = {}
        self._settings: dict[str, Settings | None] = {}  # by path; None where a configuration leaves it out
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._told: set[str] = set()
        self.loop: asyncio.AbstractEventLoop

    def settle(self, wishes: Any) -> None:
        """Take what an editor says at the start, over the words of the command line: lang, asOf, rules, config."""
        if not isinstance(wishes, dict):
            return
        options = self.options
        if wishes.get("lang") in ("en", "nb"):
            options = options._replace(language=wishes["lang"])
        if isinstance(rules := wishes.get("rules"), list) and all(isinstance(each, str) for each in rules):
            options = options._replace(rule_folders=(*options.rule_folders, *rules))
        if isinstance(file := wishes.get("config"), str):
            options = options._replace(file=file)
        if isinstance(day := wishes.get("asOf"), str):
            try:
                self.as_of = date.fromisoformat(day)
            except ValueError:
                self.tell(f"asOf: {day!r} is not a date such as 2027-06-30")
        self.options = options

    def tell(self, message: str) -> None:
        """Say something once."""
        if message not in self._told:
            self._told.add(message)
            self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Error, f"smlint: {message}"))

    def forget(self) -> None:
        """Read rules and configuration anew when they are needed next."""
        self._settings.clear()
        self._told.clear()

    def later(self, uri: str) -> None:
        """Judge a document when nothing has been typed for a moment."""
        if (waiting := self._waiting.pop(uri, None)) is not None:
            waiting.cancel()
        self._waiting[uri] = asyncio.ensure_future(self._after_a_pause(uri))

    async def _after_a_pause(self, uri: str) -> None:
        await asyncio.sleep(_PAUSE)
        self._waiting.pop(uri, None)
        await self.current(uri)

    def close(self, uri: str) -> None:
        """Nothing is said of a closed document."""
        if (waiting := self._waiting.pop(uri, None)) is not None:
            waiting.cancel()
        self.documents.pop(uri, None)  # but not its lock: a judge may still hold it while the document is opened again
        self._publish(uri, [], None)

    async def current(self, uri: str, fresh: bool = False) -> Document | None:
        """The document as it is typed now, judged and told to the editor if it was not yet; None if it is not open,
        or is left out by a configuration. `fresh`: judge it even if its text is the same."""
        async with self._locks.setdefault(uri, asyncio.Lock()):
            while (open := self.workspace.text_documents.get(uri)) is not None:
                known = self.documents.get(uri)
                if known is not None and known.text == open.source and not fresh:
                    return known
                version, text = open.version, open.source
                judged = await asyncio.to_thread(self._judge, open.path, text, known)
                fresh = False
                if uri not in self.workspace.text_documents:
                    break
                if judged is None:
                    self.documents.pop(uri, None)
                    self._publish(uri, [], version)
                    return None
                self.documents[uri] = judged
                self._publish(uri, diagnostics(judged), version)
            return None

    def _judge(self, path: str, text: str, known: Document | None) -> Document | None:
        name = place_of(path)
        if name not in self._settings:
            self._settings[name] = self._settings_of(name)
        settings = self._settings[name]
        if settings is None:
            return None
        try:
            return self._document(name, text, settings, known)
        except RuleError as error:  # a rule of one's own that cannot be run on this plan
            self._settings[name] = settings = self._shipped(name, error)
            return self._document(name, text, settings, known)

    def _document(self, name: str, text: str, settings: Settings, known: Document | None) -> Document:
        encoding = lsp.PositionEncodingKind(self.workspace.position_encoding or "utf-16").value
        day, language = self.as_of or date.today(), self.options.language
        return Document(name, text, settings, day, language, known.good if known else None, encoding)

    def _settings_of(self, name: str) -> Settings | None:
        """What holds for a plan; the shipped rules where a configuration or rules are faulty."""
        try:
            configured = Configurations(Disk(), self.options)
            config = configured.at(os.path.dirname(name))
            if configured.excludes(config, name, False):
                return None
            return configured.settings[configured.of(name)]
        except (RuleError, PluginError) as error:
            return self._shipped(name, error)

    def _shipped(self, name: str, error: Exception) -> Settings:
        """The shipped rules alone, when it has been told why."""
        self.loop.call_soon_threadsafe(self.tell, str(error))
        plain = Configurations(Disk(), Options(isolated=True, language=self.options.language))
        return plain.settings[plain.of(name)]

    def _publish(self, uri: str, found: list[lsp.Diagnostic], version: int | None) -> None:
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, found, version))
        able = self.client_capabilities.workspace
        if able and able.code_lens and able.code_lens.refresh_support:
            self.protocol.send_request(lsp.WORKSPACE_CODE_LENS_REFRESH)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """What is no message, or goes wrong inside, is for the log: no pop-up over somebody's text."""
        logging.getLogger("smlint").error("%s: %s", type(error).__name__, str(error)[:500])


def server(options: Options, as_of: date | None) -> Server:
    """A server with everything that it can do."""
    made = Server(options, as_of)
    _keep_up(made)
    _answer(made)
    return made


def _keep_up(server: Server) -> None:
    """What follows from an editor's news: documents open, change, close; configuration is saved."""

    @server.feature(lsp.INITIALIZE)
    def initialize(params: lsp.InitializeParams) -> None:
        server.loop = asyncio.get_running_loop()
        server.settle(params.initialization_options)

    @server.feature(lsp.INITIALIZED)
    def initialized(params: lsp.InitializedParams) -> None:
        able = server.client_capabilities.workspace
        if able and able.did_change_watched_files and able.did_change_watched_files.dynamic_registration:
            watchers = [lsp.FileSystemWatcher(f"**/{name}") for name in NAMES]
            wish = lsp.DidChangeWatchedFilesRegistrationOptions(watchers)
            asked = lsp.Registration("configuration", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, wish)
            server.client_register_capability(lsp.RegistrationParams([asked]))

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    async def did_open(params: lsp.DidOpenTextDocumentParams) -> None:
        server.forget()
        await server.current(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def did_change(params: lsp.DidChangeTextDocumentParams) -> None:
        server.later(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    async def did_save(params: lsp.DidSaveTextDocumentParams) -> None:
        server.forget()
        await server.current(params.text_document.uri, fresh=True)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def watched(params: lsp.DidChangeWatchedFilesParams) -> None:
        server.forget()
        for uri in list(server.documents):
            await server.current(uri, fresh=True)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: lsp.DidCloseTextDocumentParams) -> None:
        server.close(params.text_document.uri)

    @server.feature(lsp.EXIT)
    def leave(params: Any) -> NoReturn:
        # A thread still waits for the next message, and Python would wait for it.
        os._exit(0 if server.protocol._shutdown else 1)


def _answer(server: Server) -> None:
    """What an editor may ask."""

    async def at(params: Any, answer: Callable[[Document, int], T]) -> T | None:
        document = await server.current(params.text_document.uri)
        if document is None or not document.is_plan:
            return None
        return answer(document, document.lines.offset(params.position))

    async def of(params: Any, answer: Callable[[Document], T]) -> T | None:
        document = await server.current(params.text_document.uri)
        return answer(document) if document is not None and document.is_plan else None

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    async def on_hover(params: lsp.HoverParams) -> lsp.Hover | None:
        return await at(params, hover)

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=_TRIGGERS))
    async def on_completion(params: lsp.CompletionParams) -> list[lsp.CompletionItem] | None:
        return await at(params, completions)

    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION,
        lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix, lsp.CodeActionKind.SourceFixAll]),
    )
    async def on_code_action(params: lsp.CodeActionParams) -> list[lsp.CodeAction] | None:
        def offered(document: Document) -> list[lsp.CodeAction]:
            uri, only = params.text_document.uri, params.context.only
            found = actions(document, uri, params.range) if _wanted(lsp.CodeActionKind.QuickFix, only) else []
            whole = everything(document, uri) if _wanted(lsp.CodeActionKind.SourceFixAll, only) else None
            return [*found, *([whole] if whole else [])]

        return await of(params, offered)

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def on_symbols(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol] | None:
        return await of(params, symbols)

    @server.feature(lsp.TEXT_DOCUMENT_CODE_LENS)
    async def on_lens(params: lsp.CodeLensParams) -> list[lsp.CodeLens] | None:
        return await of(params, lenses)

    async def named(params: Any, answer: Callable[[Document, Name], T]) -> T | None:
        def found(document: Document, offset: int) -> T | None:
            name = name_at(document, offset)
            return answer(document, name) if name else None

        return await at(params, found)

    def places(params: Any, ranges: list[lsp.Range]) -> list[lsp.Location]:
        return [lsp.Location(params.text_document.uri, each) for each in ranges]

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    async def on_definition(params: lsp.DefinitionParams) -> list[lsp.Location] | None:
        return await named(params, lambda document, name: places(params, definitions(document, name)))

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    async def on_references(params: lsp.ReferenceParams) -> list[lsp.Location] | None:
        def found(document: Document, name: Name) -> list[lsp.Location]:
            own = definitions(document, name) if params.context.include_declaration else []
            return places(params, [*own, *uses(document, name)])

        return await named(params, found)

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    async def on_prepare(params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
        def found(document: Document, name: Name) -> lsp.PrepareRenamePlaceholder | None:
            where = params.position
            for spot in [*definitions(document, name), *uses(document, name)]:
                if spot.start.line == where.line and spot.start.character <= where.character <= spot.end.character:
                    return lsp.PrepareRenamePlaceholder(spot, name.id)
            return None

        return await named(params, found)

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    async def on_rename(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        def found(document: Document, name: Name) -> lsp.WorkspaceEdit:
            edits = [lsp.TextEdit(spot, text) for spot, text in renamed(document, name, params.new_name)]
            return lsp.WorkspaceEdit(changes={params.text_document.uri: edits})

        return await named(params, found)


def _wanted(kind: lsp.CodeActionKind, only: Any) -> bool:
    """Whether an editor that asks for some kinds of actions means one; kinds are trees of names with dots."""
    return not only or any(f"{kind.value}.".startswith(f"{getattr(each, 'value', each)}.") for each in only)


def serve(options: Options, as_of: date | None) -> NoReturn:
    """Speak with the editor on standard input and output until it leaves. Whatever else prints goes to standard
    error: standard output belongs to the protocol."""
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR, format="smlint lsp: %(message)s")
    logging.getLogger("pygls").setLevel(logging.CRITICAL)
    talk, sys.stdout = sys.stdout.buffer, sys.stderr
    made = server(options, as_of)
    made.start_io(sys.stdin.buffer, talk)
    os._exit(0 if made.protocol._shutdown else 1)
