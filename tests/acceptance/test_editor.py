"""The schemas as help in the editor: the real yaml-language-server on a new workspace."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import unavailable

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "build" / "node" / "node_modules" / ".bin" / "yaml-language-server"
POLICY = """kind: policy
id: POL-1
title: AI policy
status: draft
owner: 12
"""


class Client:
    """A language client that speaks just enough of the protocol."""

    def __init__(self, root: Path) -> None:
        self.process = subprocess.Popen(
            [SERVER, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root
        )
        self.root = root
        self.number = 0
        self.told: list[dict[str, Any]] = []
        settings = json.loads((root / ".vscode" / "settings.json").read_text())
        self.settings = {
            "schemas": {(root / name).as_uri(): globs for name, globs in settings["yaml.schemas"].items()},
            "schemaStore": {"enable": False},
            "completion": True,
            "hover": True,
            "validate": True,
        }
        self.ask("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": {}})
        self.tell("initialized", {})
        self.tell("workspace/didChangeConfiguration", {"settings": {"yaml": self.settings}})

    def tell(self, method: str, params: dict[str, Any], number: int | None = None) -> None:
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
        if number is not None:
            message["id"] = number
        self.send(message)

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while line := self.process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        if "method" in message and "id" in message:  # the server asks us
            items = (
                message.get("params", {}).get("items", []) if message["method"] == "workspace/configuration" else None
            )
            answer = [self.settings if item.get("section") == "yaml" else {} for item in items] if items else None
            self.send({"jsonrpc": "2.0", "id": message["id"], "result": answer})
        elif "method" in message:
            self.told.append(message)
        return message

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        self.number += 1
        self.tell(method, params, self.number)
        while (message := self.read()).get("id") != self.number or "method" in message:
            pass
        assert "error" not in message, message
        return message.get("result")

    def open(self, path: Path, text: str) -> str:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        self.diagnostics(path.as_uri())  # the server has read file, settings and schema
        return path.as_uri()

    def diagnostics(self, uri: str) -> list[dict[str, Any]]:
        while True:
            for message in self.told:
                if message["method"] == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                    found: list[dict[str, Any]] = message["params"]["diagnostics"]
                    return found
            self.read()


@pytest.fixture
def client(run: Any, tmp_path: Path) -> Iterator[Client]:
    if not SERVER.exists() or shutil.which("node") is None:
        unavailable("yaml-language-server is not installed below build/node")
    run("init", "--organisation", "Acme")
    made = Client(tmp_path)
    yield made
    made.process.kill()
    made.process.communicate()


def test_hover_tells_a_governance_lead_what_belongs_in_a_field(client: Client, tmp_path: Path) -> None:
    uri = client.open(tmp_path / "policies" / "p.yaml", POLICY)
    hover = client.ask("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 4, "character": 2}})
    assert "Role that answers for this artefact" in hover["contents"]["value"]


def test_completion_offers_the_words_a_field_takes(client: Client, tmp_path: Path) -> None:
    text = POLICY.replace("status: draft", "status: ").replace("owner: 12\n", "")
    uri = client.open(tmp_path / "policies" / "p.yaml", text)
    found = client.ask(
        "textDocument/completion", {"textDocument": {"uri": uri}, "position": {"line": 3, "character": 8}}
    )
    labels = {item["label"] for item in (found["items"] if isinstance(found, dict) else found)}
    assert {"draft", "in_review", "approved", "retired"} <= labels


def test_completion_offers_the_fields_of_the_kind(client: Client, tmp_path: Path) -> None:
    uri = client.open(tmp_path / "policies" / "p.yaml", POLICY.replace("owner: 12\n", "") + "comm")
    found = client.ask(
        "textDocument/completion", {"textDocument": {"uri": uri}, "position": {"line": 4, "character": 4}}
    )
    labels = {item["label"] for item in (found["items"] if isinstance(found, dict) else found)}
    assert "commits_to_requirements" in labels
    assert "likelihood" not in labels


def test_an_error_stands_at_its_line(client: Client, tmp_path: Path) -> None:
    uri = client.open(tmp_path / "policies" / "p.yaml", POLICY + "princples: [a]\n")
    found = client.diagnostics(uri)
    assert {one["range"]["start"]["line"] for one in found} == {4, 5}


def test_every_new_draft_is_clean_in_the_editor(client: Client, tmp_path: Path) -> None:
    for path in sorted((tmp_path / "policies").rglob("*.yaml")):
        client.told.clear()
        assert client.diagnostics(client.open(path, path.read_text())) == [], path.name
