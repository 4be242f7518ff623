"""Terminal, log and service output: text of others stays text, limits hold, and nothing is lost on a poor terminal."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree

from aimsctl.diagnostics import Diagnostic, Related, Rule, Severity, Span
from aimsctl.errors import RenderError
from aimsctl.output import FORMATS, left_out, write
from aimsctl.output.atomic import append, write_atomically
from aimsctl.output.clean import UNSAFE, clean, one_line
from aimsctl.output.report import Report
from aimsctl.output.sarif import MOST_BYTES, MOST_RESULTS
from aimsctl.output.sink import Target, emit
from aimsctl.output.terminal import terminal
from aimsctl.output.tree import Bullets, Cell, Column, Facts, Heading, Item, Note, Paragraph, Table
from tests.unit.output_reports import (
    ERROR,
    HOSTILE,
    READERS,
    WARNING,
    finding,
    inert_markdown,
    keys,
    markdown_tables,
    obeyed,
    report,
)

TEXT_FORMATS = ("text", "concise", "github", "markdown")
EVERY_FORMAT = pytest.mark.parametrize("name", FORMATS)
EVERY_TEXT = pytest.mark.parametrize("text", HOSTILE)


def everywhere(text: str) -> Report:
    """A report with this text in every place that somebody else can fill."""
    rule = Rule("ORG-001", text, text, Severity.ERROR, text, text, (text,))
    span = Span(text, 1, 1, 1, 5, text)
    body = (
        Heading(1, text),
        Paragraph(text),
        Note(text),
        Bullets((Item(text, "", text, (text,)),)),
        Facts(((text, Cell(text)),)),
        Table((Column(text), Column("x")), ((Cell(text), Cell(text)),), text),
    )
    return Report(
        "gap",
        (
            Diagnostic(rule, span, text, text, None, (Related(span, text),)),
            Diagnostic(rule, span, text + ".", text, Severity.WARNING, suppressed=text),
            Diagnostic(rule, Span("a.yaml", 2), text, text, Severity.WARNING),
        ),
        (rule,),
        (text, "a.yaml"),
        ((text, text),),
        provenance={text: text},
        as_of=text,
        source=lambda _path, _line: text,
        body=body,
        prefix="",
    )


@EVERY_FORMAT
@EVERY_TEXT
def test_C_01_no_control_sequence_of_others_reaches_any_output(name: str, text: str) -> None:
    for given in (everywhere(text), everywhere(f"x {text} y")):
        written = write(name, given)
        assert UNSAFE.findall(written) == []
        assert "\x1b" not in written
        assert "\r" not in written
        written.encode()


@EVERY_TEXT
def test_C_01_colours_are_the_only_control_sequences(text: str) -> None:
    report_in_colour = everywhere(text)
    coloured = Report(**{name: getattr(report_in_colour, name) for name in Report.__slots__} | {"colour": True})
    written = write("text", coloured)
    assert "\x1b[1m" in written
    assert UNSAFE.findall(re.sub("\x1b\\[[0-9;]*m", "", written)) == []
    assert re.sub("\x1b\\[[0-9;]*m", "", written) == write("text", everywhere(text))


def test_C_01_what_is_hidden_becomes_visible() -> None:
    assert one_line("a\x1b[2Jb\x9bc\x7f") == r"a\x1b[2Jb\x9bc\x7f"
    assert one_line("\u202eevil\u200b\ufeff") == r"\u202eevil\u200b\ufeff"
    assert one_line("a\nb\tc\rd\u2028e") == r"a\nb\tc\rd\u2028e"
    assert one_line("\udcff\ud800\uffff\U000e0041") == r"\xff\ud800\uffff\U000e0041"
    assert clean("a\n\tb\x00") == "a\n\tb\\x00"
    assert one_line("Größe 表計算 e\u0301 🙂\ufe0f עברית") == "Größe 表計算 e\u0301 🙂\ufe0f עברית"


def test_C_01_every_control_and_format_character_is_caught() -> None:
    """Against the tables of this Python: only the visible signs of category Cf stay, such as the Arabic number sign."""
    import unicodedata  # noqa: PLC0415

    hidden = {"Cc", "Cs", "Cf", "Zl", "Zp"}
    missed = {code for code in range(0x110000) if unicodedata.category(chr(code)) in hidden} - {
        code for code in range(0x110000) if UNSAFE.match(chr(code))
    }
    visible = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, *range(0x13430, 0x13440)}
    assert missed - visible == {0x09, 0x0A}


@pytest.mark.parametrize(
    "text", ["[bold]x[/bold]", "[link=https://evil.example]y[/link]", "[/x]", ":smile:", "[id].yaml"]
)
def test_C_02_rich_markup_is_literal(text: str) -> None:
    given = report(finding(message=text, path=text, hint=text), body=(Paragraph(text),), colour=True)
    for name in ("text", "concise"):
        plain = re.sub("\x1b\\[[0-9;]*m", "", write(name, given))
        assert plain.count(text) == {"text": 4, "concise": 2}[name]


@EVERY_FORMAT
@EVERY_TEXT
def test_C_03_a_runner_obeys_annotations_and_nothing_else(name: str, text: str) -> None:
    for given in (everywhere(text), everywhere(f"x {text} y")):
        commands = [command for line in re.split(r"\r\n|\r|\n", write(name, given)) if (command := obeyed(line))]
        if name != "github":
            assert commands == []
            continue
        assert [command.name for command in commands] == ["error", "warning"]
        for command in commands:
            assert set(command.properties) <= {"file", "line", "endLine", "col", "endColumn", "title"}
            assert command.data.split("\nHint: ")[0] == one_line(given.findings[0].message)


@pytest.mark.parametrize("text", ["::error::x", "##[error]x", " ::add-mask::x", "\t::stop-commands::x", "##vso[a]b"])
def test_C_03_no_line_of_a_wrapped_document_starts_with_a_command(text: str) -> None:
    for columns in (1, 30, 80):
        written = terminal(everywhere(f"some words before {text} and after " * 3).body, columns)
        assert [line for line in written.splitlines() if obeyed(line)] == []


def test_C_04_only_the_step_summary_is_written(tmp_path: Path) -> None:
    """Neither GITHUB_ENV nor GITHUB_OUTPUT, whose delimiters a value could close."""
    files = {f"GITHUB_{name}": tmp_path / name for name in ("STEP_SUMMARY", "ENV", "OUTPUT", "PATH", "STATE")}
    environ = {"GITHUB_ACTIONS": "true", **{name: str(path) for name, path in files.items()}}
    with (tmp_path / "stdout").open("w", encoding="utf-8") as stdout:
        given = report(finding(message="x\nEOF\nNODE_OPTIONS=--require=evil"))
        emit(given, [Target("github")], stdout=stdout, root=tmp_path, environ=environ)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["STEP_SUMMARY", "stdout"]
    assert "\nEOF" not in (tmp_path / "STEP_SUMMARY").read_text()


def test_C_05_at_most_25000_results_and_a_notice() -> None:
    found = [finding(WARNING, f"m{number}", line=number + 1) for number in range(29_999)]
    given = report(*found, finding(ERROR, "the heaviest", line=30_000))
    written = write("sarif", given)
    (run,) = json.loads(written)["runs"]
    assert len(run["results"]) == MOST_RESULTS == 25_000
    assert run["results"][-1]["message"]["text"] == "the heaviest"
    notice = "5,000 findings left out of the SARIF file, which GitHub would refuse with all of them"
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == notice
    assert left_out("sarif", given, written) == f"{notice}; --format json has them all"


def test_C_05_at_most_20_tags_1000_locations_25000_rules() -> None:
    rule = Rule("AIM203", "x", "x", Severity.ERROR, "x", "", tuple(f"A.{number}" for number in range(26)))
    related = tuple(Related(Span("a.yaml", line), "there") for line in range(1, 2_001))
    rules = tuple(Rule(f"ORG-{number}", "x", "x", Severity.NOTE, "x") for number in range(25_100))
    (run,) = json.loads(write("sarif", report(finding(rule, related=related), rules=rules)))["runs"]
    assert len(run["tool"]["driver"]["rules"]) == 25_000
    assert len(run["tool"]["driver"]["rules"][0]["properties"]["tags"]) == 20
    assert len(run["results"][0]["locations"] + run["results"][0]["relatedLocations"]) == 1_000


def test_C_05_at_most_10_megabytes_compressed() -> None:
    source = random.Random(1)  # noqa: S311 -- text that does not compress
    found = [finding(WARNING, b64encode(source.randbytes(4_000)).decode(), line=line) for line in range(1, 3_001)]
    given = report(*found)
    written = write("sarif", given)
    assert len(gzip.compress(written.encode())) < MOST_BYTES * 1.01
    kept = len(json.loads(written)["runs"][0]["results"])
    assert 1_500 < kept < 3_000
    assert left_out("sarif", given, written).startswith(f"{3_000 - kept:,} findings left out")


@EVERY_TEXT
def test_C_06_sarif_is_valid_whatever_the_text(vectors: Path, text: str) -> None:
    schema = json.loads((vectors / "schemas" / "sarif-schema-2.1.0.json").read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [error.message for error in validator.iter_errors(json.loads(write("sarif", everywhere(text))))] == []


def test_C_06_a_finding_keeps_its_fingerprint_when_lines_move() -> None:
    def fingerprint(line: int) -> str:
        (run,) = json.loads(write("sarif", report(finding(line=line, pointer="/owner"))))["runs"]
        return str(run["results"][0]["partialFingerprints"])

    assert fingerprint(3) == fingerprint(300)


@EVERY_TEXT
def test_C_07_junit_is_well_formed_and_valid(vectors: Path, text: str) -> None:
    schema = etree.XMLSchema(etree.parse(vectors / "schemas" / "junit-10.xsd"))
    root = etree.fromstring(write("junit", everywhere(text)).encode())
    schema.assertValid(root)
    assert root.get("failures") == "1"


@EVERY_TEXT
def test_C_07_gitlab_gets_one_entry_a_finding(text: str) -> None:
    entries = json.loads(write("gitlab", everywhere(text)))
    assert len(entries) == 2
    assert all(one_line(entry["description"]) == entry["description"] for entry in entries)


def test_C_07_a_comment_is_cut_where_the_service_would_refuse_it() -> None:
    written = write("markdown", report(*(finding(message=HOSTILE[line % 30], line=line) for line in range(1, 9_000))))
    assert len(written) <= 65_536
    assert re.search(r"\*\*Cut here: [\d,]+ more lines\.\*\*", written)
    assert {len(row) for table in markdown_tables(written) for row in table} == {5}


SECRET = "ghp_0123456789abcdefghijklmnopqrstuvwxyz"  # noqa: S105 -- the shape of one


def test_C_08_the_value_behind_an_unknown_field_is_not_shown() -> None:
    one = finding(message="'tokn' is not a field of ai-system", line=3, column=1, end=(3, 5), pointer="/tokn")
    for name in TEXT_FORMATS:
        assert SECRET not in write(name, report(one, source=lambda _path, _line: f"tokn: {SECRET}")), name


def test_C_08_at_most_80_columns_of_a_line_are_shown() -> None:
    line = f"value: {'x' * 70}{SECRET}{'y' * 5000}"
    for column, end in ((8, (3, 9_999)), (8, (0, 0)), (1, (3, 6))):
        one = finding(line=3, column=column, end=end, pointer="/value")
        written = write("text", report(one, source=lambda _path, _line: line))
        assert max(map(len, written.splitlines())) < 95
        assert SECRET not in written


def test_C_08_source_lines_can_be_left_out() -> None:
    written = write("text", report(finding(line=3, column=2, pointer="/x"), source=lambda _path, _line: ""))
    assert written.splitlines()[1] == ""


@pytest.mark.parametrize(
    "environ",
    [
        {"COLUMNS": "1"},
        {"TERM": "dumb", "NO_COLOR": "1"},
        {"LANG": "C", "LC_ALL": "C"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "cp1252:strict", "PYTHONUTF8": "0"},
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("name", ["text", "json", "junit"])
def test_C_11_the_same_bytes_on_any_terminal(
    run: Callable[..., Any], workspace: Callable[..., Any], name: str, environ: dict[str, str]
) -> None:
    root = workspace({"policies/Größe 漢.yaml": {"kind": "risk", "id": "RSK-01", "title": "Größe 漢 \u202e"}}).root
    usual = run("validate", "--format", name, cwd=root)
    poor = run("validate", "--format", name, cwd=root, env=environ)
    assert (poor.code, poor.stdout) == (usual.code, usual.stdout)
    assert usual.code == 1
    assert "Traceback" not in poor.stderr


def test_C_11_nothing_is_lost_on_the_narrowest_terminal() -> None:
    written = terminal(
        [Table((Column("Requirement"), Column("Documented")), ((Cell("6.1.3 x"), Cell("absent", "bad")),))], 1
    )
    assert written.split() == ["Requirement:", "6.1.3", "x", "Documented:", "absent"]


def test_L_03_a_screen_shows_the_first_and_json_has_all() -> None:
    found = [finding(WARNING, f"m{number}", line=number + 1) for number in range(100_000)]
    given = report(*found, limit=200)
    screen = write("text", given)
    assert screen.count("warning[AIM501]") == 200
    assert "99,800 more findings not shown (run with --format json for all)" in screen
    assert len(json.loads(write("json", given))["diagnostics"]) == 100_000


def test_L_03_files_hold_all(tmp_path: Path) -> None:
    given = report(*(finding(line=line) for line in range(1, 1_000)), limit=10)
    with Path(os.devnull).open("w", encoding="utf-8") as stdout:
        emit(given, [Target("text"), Target("text", str(tmp_path / "a"))], stdout=stdout, root=tmp_path, environ={})
    assert sorted(READERS["text"]((tmp_path / "a").read_text())) == keys(given.findings)


def test_P_06_a_link_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "out.json").symlink_to("precious")
    (tmp_path / "dangling.json").symlink_to(tmp_path / "nowhere")
    for name in ("out.json", "dangling.json"):
        with pytest.raises(RenderError, match="a link"):
            write_atomically(tmp_path / name, "x", tmp_path)
        with pytest.raises(RenderError, match="cannot write"):
            append(tmp_path / name, lambda _size: "x")
    assert (tmp_path / "precious").read_text() == "precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dangling.json", "out.json", "precious"]


@pytest.mark.parametrize("file", ["out/a.json", "out/deep/a.json", "in/../out/a.json"])
def test_P_06_a_folder_that_leads_out_of_the_workspace_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "out").symlink_to(outside)
    for here, given in ((root, Path(file)), (tmp_path, Path("root") / file), (Path("/"), root / file)):
        monkeypatch.chdir(here)
        with pytest.raises(RenderError, match="a link leads its folder out"):
            write_atomically(given, "x", root)
    assert list(outside.iterdir()) == []


def test_P_06_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for target in (tmp_path / "pipe", tmp_path / "folder", Path("/dev/null")):
        with pytest.raises(RenderError, match="not a regular file"):
            write_atomically(target, "x", tmp_path)


def test_P_06_names_of_drafts_cannot_be_foreseen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drafts = []
    real = os.open

    def spy(path: Any, flags: int, *more: Any) -> int:
        if str(path).endswith(".tmp"):
            drafts.append(Path(path))
            assert flags & os.O_EXCL
        return real(path, flags, *more)

    monkeypatch.setattr(os, "open", spy)
    for _ in range(2):
        write_atomically(tmp_path / "a.json", "x", tmp_path)
    assert {draft.parent for draft in drafts} == {tmp_path}
    assert len(set(drafts)) == 2


@EVERY_TEXT
def test_R_02_markdown_keeps_its_rows_and_shows_no_markup_of_others(text: str) -> None:
    written = write("markdown", everywhere(text))
    inert_markdown(written)
    shapes = [[len(row) for row in table] for table in markdown_tables(written)]
    assert shapes == [[2, 2], [5, 5, 5], [5, 5]]
    assert "Approved" not in [row[0] for table in markdown_tables(written) for row in table]
