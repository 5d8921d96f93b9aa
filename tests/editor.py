"""An editor without a screen: speaks the language server protocol with a server over its standard streams."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

WAIT = 30.0  # seconds for an answer; only a server that hangs takes so long


class Editor:
    """One editor with one server. Positions are those of the protocol: 0-based, in UTF-16 code units."""

    def __init__(
        self, *words: str, cwd: Path, options: Any = None, capabilities: Any = None, **environment: str
    ) -> None:
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd,
            env={**os.environ, **environment},
        )  # fmt: skip
        self.answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self.diagnostics: dict[str, list[Any]] = {}  # what was pushed last, by address
        self.messages: list[str] = []
        self.asked: list[str] = []  # what the server asked of the editor
        self.settings: Any = {}
        self.number = 0
        threading.Thread(target=self._listen, daemon=True).start()
        plain = {"textDocument": {"hover": {"contentFormat": ["markdown"]}, "publishDiagnostics": {},
                                  "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}},
                 "workspace": {"configuration": True}}  # fmt: skip
        able = plain if capabilities is None else capabilities
        self.server = self.ask(
            "initialize",
            {"processId": os.getpid(), "rootUri": cwd.as_uri(), "capabilities": able,
             "initializationOptions": options or {}, "workspaceFolders": [{"uri": cwd.as_uri(), "name": "folder"}]},
        )  # fmt: skip
        self.tell("initialized", {})

    def __enter__(self) -> Editor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(WAIT)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream:
                stream.close()

    def leave(self) -> int:
        """Shut the server down as the protocol asks; its exit code."""
        self.ask("shutdown", None)
        self.tell("exit", None)
        return self.process.wait(WAIT)

    def open(self, file: Path, text: str, language: str = "yaml") -> str:
        """Open a document with a text that need not be on the disk; its address."""
        document = {"uri": file.as_uri(), "languageId": language, "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        return file.as_uri()

    def change(self, uri: str, text: str, version: int) -> None:
        self.diagnostics.pop(uri, None)
        self.tell(
            "textDocument/didChange",
            {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]},
        )

    def found(self, uri: str, fits: Callable[[list[Any]], bool] = lambda found: True) -> list[Any]:
        """The diagnostics that the server pushes for a document, once they fit."""
        self._until(lambda: uri in self.diagnostics and fits(self.diagnostics[uri]))
        return self.diagnostics[uri]

    def at(self, method: str, uri: str, line: int, character: int, **more: Any) -> Any:
        """Ask something about a position."""
        where = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        return self.ask(f"textDocument/{method}", where | more)

    def ask(self, method: str, params: Any) -> Any:
        """Send a request and wait for its answer; an error is an exception."""
        self.number += 1
        number = self.number
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        answer: dict[str, Any] = {}
        self._until(
            lambda: bool(answer), lambda message: answer.update(message) if message.get("id") == number else None
        )
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer.get("result")

    def tell(self, method: str, params: Any) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def _until(self, done: Callable[[], bool], see: Callable[[dict[str, Any]], None] = lambda message: None) -> None:
        while not done():
            try:
                message = self.answers.get(timeout=WAIT)
            except queue.Empty:
                raise TimeoutError("the server does not answer") from None
            if not message:
                raise EOFError("the server has ended")
            if "method" not in message:
                see(message)
            elif message["method"] == "textDocument/publishDiagnostics":
                self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
            elif message["method"] in ("window/showMessage", "window/logMessage"):
                self.messages.append(message["params"]["message"])
            elif "id" in message:
                self.asked.append(message["method"])
                asked = message["params"].get("items") if message["method"] == "workspace/configuration" else None
                result = [self.settings.get(item.get("section", "")) for item in asked] if asked else None
                self._send({"jsonrpc": "2.0", "id": message["id"], "result": result})

    def _send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        raw = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(raw) + raw)
        self.process.stdin.flush()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        while head := self.process.stdout.readline():
            size = int(head.partition(b":")[2])
            while self.process.stdout.readline().strip():
                pass
            self.answers.put(json.loads(self.process.stdout.read(size)))
        self.answers.put({})
