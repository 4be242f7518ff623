"""What README.md says stays true: how to begin, the exit codes, the commands."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from aimsctl.cli.commands import COMMANDS
from aimsctl.errors import EXIT_CODES
from tests.packaging.distributions import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_it_opens_with_how_to_see_it_work() -> None:
    opening = README.split("```")[1]
    assert [line.split("#")[0].strip() for line in opening.splitlines()[1:]] == ["make demo", "make test"]


def test_each_make_target_it_names_exists() -> None:
    named = set(re.findall(r"`?make ([a-z]+)", README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    assert named - set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)) == set()


def test_the_exit_codes_are_the_ones_in_force() -> None:
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", README, re.MULTILINE)
    assert {int(code): meaning for code, meaning in rows} == EXIT_CODES


def test_it_says_what_the_catalogue_is_not() -> None:
    assert "has not been compared with a licensed copy of the standard" in README


def test_each_file_it_points_at_exists() -> None:
    for document in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        targets = [target for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target]
        assert [target for target in targets if not (ROOT / target).exists()] == [], document


def test_each_command_is_in_it_and_each_it_names_exists() -> None:
    named = set(re.findall(r"`aimsctl ([a-z]+)", README))
    assert named == set(COMMANDS)


def test_its_transcript_is_what_the_commands_print() -> None:
    transcript = README.split("<!-- transcript:start -->\n```console\n")[1].split("```\n<!-- transcript:end -->")[0]
    surroundings = {key: value for key, value in os.environ.items() if key != "GITHUB_ACTIONS"} | {"COLUMNS": "80"}
    printed = ""
    for command in re.findall(r"^\$ aimsctl (.+)$", transcript, re.MULTILINE):
        run = [sys.executable, "-P", "-m", "aimsctl", "--color", "never", *command.split()]
        outcome = subprocess.run(run, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False)
        printed += f"$ aimsctl {command}\n{outcome.stdout}"
    assert transcript == printed
