"""What a person at a terminal sees: questions with defaults, a bar for long work, colour that means something."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, *arguments: str, cwd: Path) -> None:
        self.master, slave = pty.openpty()
        command = [sys.executable, "-P", "-m", "aimsctl", *arguments]
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
        self.process = subprocess.Popen(command, cwd=cwd, stdin=slave, stdout=slave, stderr=slave, env=environment)
        os.close(slave)
        self.seen = ""

    def until(self, text: str, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while text not in self.seen:
            assert time.monotonic() < end, self.seen
            self.read()

    def read(self) -> bool:
        if not select.select([self.master], [], [], 0.2)[0]:
            return self.process.poll() is None
        try:
            self.seen += os.read(self.master, 4096).decode()
        except OSError:  # the other end is closed
            return False
        return True

    def answer(self, text: str) -> None:
        os.write(self.master, f"{text}\n".encode())

    def finish(self, seconds: float = 20) -> int:
        end = time.monotonic() + seconds
        while self.read() and time.monotonic() < end:
            pass
        try:
            return self.process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(self.seen) from None


def test_init_asks_on_a_terminal_and_offers_defaults(tmp_path: Path) -> None:
    terminal = Terminal("init", cwd=tmp_path)
    terminal.until("Legal name of the organisation")
    terminal.answer("Acme Health Ltd")
    terminal.until("[provider]")
    terminal.answer("")
    terminal.until("Its field")
    terminal.answer("health care")
    terminal.until("What it holds")
    terminal.answer("soc2_type2")
    assert terminal.finish() == 0
    assert "files written" in terminal.seen
    assert "organisation: Acme Health Ltd" in (tmp_path / "aimsctl.yaml").read_text()
    assert "domain: health care" in next((tmp_path / "policies").rglob("ai-001.yaml")).read_text()


def test_ctrl_c_ends_with_its_own_code(tmp_path: Path) -> None:
    terminal = Terminal("init", cwd=tmp_path)
    terminal.until("Legal name of the organisation")
    time.sleep(0.5)  # as a person would: Python sees a signal sent between prompt and read only after the next key
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.finish() == 130
    assert "Traceback" not in terminal.seen
    assert list(tmp_path.iterdir()) == []


def test_colour_on_a_terminal_repeats_what_words_say(workspace: Any) -> None:
    root = workspace({"policies/a.yaml": "kind: risk\nid: RISK-1\ntitle: x\nstatus: dreft\n"}).root
    terminal = Terminal("validate", cwd=root)
    assert terminal.finish() == 1
    assert "\x1b[" in terminal.seen
    plain = re.sub(r"\x1b\[[0-9;]*m", "", terminal.seen)
    assert "error[AIM104]" in plain


def test_gap_keeps_to_the_width_of_the_terminal(tmp_path: Path, run: Any) -> None:
    run("init", "--organisation", "Acme")
    terminal = Terminal("gap", cwd=tmp_path)
    terminal.finish()
    plain = re.sub(r"\x1b\[[0-9;]*m", "", terminal.seen).replace("\r", "")
    too_wide = [line for line in plain.splitlines() if len(line) > 80 and "sha256" not in line]
    assert too_wide == []
