"""What artefacts say stays text in lists, documents, drawings and in what the shell evaluates."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from aimsctl.source.yaml import read
from tests.conftest import Builder, Run
from tests.packaging.distributions import ROOT
from tests.unit.output_reports import HOSTILE, inert_markdown, obeyed

DRAWN = (
    *(text for text in HOSTILE if "\ud800" not in text),  # no YAML holds half of a surrogate pair
    'x"]; click n0 href "javascript:alert(1)"; n0["',
    "end\n  n9 --> n0",
    "%%{init: {'securityLevel': 'loose'}}%%",
    '"; node [URL="file:///etc/passwd"]; "',
    "\\N \\G \\\\ \\l",
    "<b>bold</b><br/><img src=x onerror=alert(1)>",
    "`**markdown**` #quot; #35; &quot; ```",
    "\x1b]8;;https://example.com\x07\x00\u202e",
)
COMMANDS = (("list", "risk"), ("show", "RISK-20"), ("graph",), ("graph", "RISK-20"), ("todo",))
SAMPLES = {
    kind: read(f"{kind}.yaml", (ROOT / "tests" / "data" / "kinds" / f"{kind}.yaml").read_bytes()).data or {}
    for kind in ("risk", "control", "role")
}
_MERMAID_LINE = re.compile(
    r'flowchart LR|  end|  classDef open stroke:#9a4a00,stroke-width:2px|  subgraph [a-z]+\["[\w ]+"\]|  n\d+ --> n\d+'
    r'|    n\d+\["(?:[\w .,:()/+-]|#\d+;|<br/>)*"\](?::::open)?'
)
_DOT_TOKEN = re.compile(
    r"digraph aims|subgraph cluster_\d+|(?:graph|node|edge)(?= \[)|rankdir=LR|shape=box|fontsize=10|penwidth=2"
    r"|color=white|(?:fontname|color|label)=|n\d+|->|[{}\[\];,\s]"
)
_DOT_STRING = re.compile(r'"(?:[^"\\]|\\["\\n])*"')


@pytest.fixture
def hostile(workspace: Callable[..., Builder]) -> Path:
    """A workspace in which risks, their treatments, controls and roles say each text wherever they may say something.

    Texts that no file may hold, such as those with control characters, are in it too: their files are refused.
    """
    files: dict[str, str] = {}
    for number, text in enumerate(DRAWN):
        named = {"title": text, "status": "approved", "owner": f"ROLE-{number}"}
        actions = [{"what": text, "by": f"ROLE-{number}", "due": "2026-01-01"}]
        treated = {"controls": [f"CTL-{number}"], "treatment": "reduce", "actions": actions}
        of_each = (
            {**SAMPLES["risk"], **named, "id": f"RISK-{number}", "description": text, **treated},
            {**SAMPLES["control"], **named, "id": f"CTL-{number}"},
            {**SAMPLES["role"], "id": f"ROLE-{number}", "title": text},
            {"kind": "risk", "id": text, "title": text, "owner": text, "status": text},
        )
        files |= {f"policies/{number}-{part}.yaml": escaped(content) for part, content in enumerate(of_each)}
    return workspace(files).root


def escaped(content: dict[str, object]) -> str:
    """The mapping as YAML in which the text itself is written with escapes, so that it reaches the tool whole."""
    text = json.dumps(content, ensure_ascii=False, indent=2)
    return re.sub(r"[^\x20-\x7e\n]", lambda found: f"\\U{ord(found.group()):08x}", text)


def test_C_01_C_03_no_answer_acts_on_a_terminal_or_a_runner(run: Run, hostile: Path) -> None:
    for command in COMMANDS:
        outcome = run(*command, cwd=hostile)
        assert outcome.code == 0, outcome.stderr
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", outcome.stdout)
        assert [line for line in outcome.stdout.splitlines() if obeyed(line)] == []


def test_R_01_no_title_is_markup_on_a_page(run: Run, hostile: Path) -> None:
    for command in (("list", "risk"), ("show", "RISK-20"), ("todo",)):
        page = etree.HTML(run(*command, "--format", "html", cwd=hostile).stdout.encode())
        tags = {element.tag for element in page.iter() if isinstance(element.tag, str)}
        assert tags.isdisjoint({"script", "img", "iframe", "a", "svg", "form", "object", "embed", "base", "b"})
        assert [name for element in page.iter() for name in element.attrib if name.startswith("on")] == []


def test_R_02_no_title_is_markup_in_markdown(run: Run, hostile: Path) -> None:
    for command in (("list", "risk"), ("show", "RISK-20"), ("todo",)):
        inert_markdown(run(*command, "--format", "md", cwd=hostile).stdout)


def test_R_02_a_title_in_mermaid_is_a_label(run: Run, hostile: Path) -> None:
    for identifier in ((), ("RISK-20",), ("ROLE-20",)):
        drawn = run("graph", *identifier, cwd=hostile).stdout
        assert "n0[" in drawn
        assert [line for line in drawn.splitlines() if not _MERMAID_LINE.fullmatch(line)] == []


def test_R_02_a_title_in_dot_is_a_string(run: Run, hostile: Path) -> None:
    drawn = run("graph", "--format", "dot", cwd=hostile).stdout
    assert "n0 [" in drawn
    assert _DOT_TOKEN.sub("", _DOT_STRING.sub("", drawn)) == ""


def test_R_04_R_07_a_picture_is_well_formed_and_holds_only_shapes(run: Run, hostile: Path) -> None:
    drawn = etree.fromstring(run("graph", "--format", "svg", cwd=hostile).stdout.encode())
    tags = {etree.QName(element).localname for element in drawn.iter() if isinstance(element.tag, str)}
    assert tags == {"svg", "title", "desc", "style", "text", "path", "rect", "g"}
    names = [name for element in drawn.iter() for name in element.attrib]
    assert [name for name in names if "href" in name or name.startswith("on")] == []


def test_C_01_what_the_shell_evaluates_holds_no_command(run: Run, workspace: Callable[..., Builder]) -> None:
    titles = ["$(touch pwned)", "`touch pwned`", '"; touch pwned; "', "';touch pwned;'", "x\n$(touch pwned)\\"]
    people = [{"kind": "person", "id": f"PER-{number}", "title": title} for number, title in enumerate(titles)]
    people.append({"kind": "person", "id": "PER-$(touch pwned)", "title": "Somebody"})
    root = workspace({f"policies/{number}.yaml": one for number, one in enumerate(people)}).root
    for shell, env in (
        ("bash", {"COMP_WORDS": "aimsctl show PER", "COMP_CWORD": "2"}),
        ("zsh", {"_TYPER_COMPLETE_ARGS": "aimsctl show PER"}),
        ("fish", {"_TYPER_COMPLETE_ARGS": "aimsctl show PER", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}),
    ):
        offered = run(cwd=root, env={"_AIMSCTL_COMPLETE": f"complete_{shell}", **env}).stdout
        assert "PER-4" in offered
        assert re.findall(r"[$`;\\]|PER-\W", offered) == []


def test_L_01_a_large_graph_is_laid_out_in_time(run: Run, workspace: Callable[..., Builder]) -> None:
    wide = {key: value for key, value in SAMPLES["risk"].items() if key not in ("kind", "id")}
    own = {key: value for key, value in SAMPLES["control"].items() if key not in ("kind", "id", "evidence")}
    risks = [{"id": f"RISK-{number}", "controls": [f"CTL-{number % 40}"]} for number in range(2000)]
    controls = [{"id": f"CTL-{number}"} for number in range(40)]
    built = workspace(
        {
            "policies/risks.yaml": {"kind": "register", "of": "risk", "defaults": wide, "items": risks},
            "policies/controls.yaml": {"kind": "register", "of": "control", "defaults": own, "items": controls},
        }
    )
    drawn = run("graph", "--format", "svg", cwd=built.root, timeout=50)
    assert drawn.code == 0
    boxes = etree.fromstring(drawn.stdout.encode(), etree.XMLParser(huge_tree=True)).findall(".//{*}rect")
    assert len(boxes) == 2 * len(risks) + len(controls)
