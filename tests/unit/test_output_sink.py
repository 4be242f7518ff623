"""Where reports go: what --format may say, files that are whole or absent, and streams of any encoding."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest

from aimsctl.errors import RenderError, UsageError
from aimsctl.output.atomic import write_atomically
from aimsctl.output.sink import Target, emit, print_to, targets
from tests.unit.output_reports import ERROR, finding, report

ACTIONS = {"GITHUB_ACTIONS": "true"}


def stream(encoding: str = "utf-8") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding)


def content(written: io.TextIOWrapper) -> str:
    buffer = written.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_formats_and_files() -> None:
    assert targets(["json"], {}) == (Target("json"),)
    assert targets(["json:-"], {}) == (Target("json"),)
    assert targets(["concise", "sarif:a:b.sarif"], {}) == (Target("concise"), Target("sarif", "a:b.sarif"))


def test_standard_output_always_says_something() -> None:
    assert targets([], {}) == (Target("text"),)
    assert targets([], ACTIONS) == (Target("github"),)
    assert targets([], {"GITHUB_ACTIONS": "false"}) == (Target("text"),)
    assert targets(["json:x.json"], {}) == (Target("text"), Target("json", "x.json"))
    assert targets(["json:x.json"], ACTIONS) == (Target("github"), Target("json", "x.json"))
    assert targets(["text"], ACTIONS) == (Target("text"),)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["xml"], "there is no format 'xml'"),
        (["TEXT"], "there is no format"),
        ([""], "there is no format ''"),
        (["json:"], "names no file"),
        (["json", "text"], "only one format"),
        (["json:a", "sarif:./a"], "the same file a"),
    ],
)
def test_what_does_not_fit_together_is_refused(values: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        targets(values, {})
    assert caught.value.hint


def test_one_run_writes_several_formats(tmp_path: Path) -> None:
    given = report(*(finding(ERROR, line=line) for line in (1, 2, 3)), colour=True, limit=1)
    out = stream()
    where = (Target("text"), Target("text", str(tmp_path / "new" / "a.txt")), Target("json", str(tmp_path / "a.json")))
    assert emit(given, where, stdout=out, root=tmp_path, environ={}) == ()
    assert "2 more findings not shown" in content(out)
    assert "\x1b[" in content(out)
    in_file = (tmp_path / "new" / "a.txt").read_text()
    assert "\x1b" not in in_file
    assert in_file.count("error[AIM203]") == 3
    assert len(json.loads((tmp_path / "a.json").read_text())["diagnostics"]) == 3


def test_what_can_be_written_is_written_before_the_error(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    out = stream()
    where = (Target("json", str(tmp_path / "folder")), Target("concise"), Target("sarif", str(tmp_path / "a.sarif")))
    with pytest.raises(RenderError, match="not a regular file"):
        emit(report(finding()), where, stdout=out, root=tmp_path, environ={})
    assert content(out).startswith("policies/risks.yaml:1:1: error")
    assert (tmp_path / "a.sarif").exists()


def test_the_step_summary_is_appended_beside_annotations(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    environ = {**ACTIONS, "GITHUB_STEP_SUMMARY": str(summary)}
    out = stream()
    emit(report(finding()), targets([], environ), stdout=out, root=tmp_path, environ=environ)
    assert content(out).startswith("::error file=")
    assert summary.read_text().startswith("before\n")
    assert "| error | AIM203 |" in summary.read_text()


@pytest.mark.parametrize(
    ("values", "more"),
    [(["text"], {"GITHUB_ACTIONS": "true"}), (["github"], {}), (["text", "github:a.log"], {"GITHUB_ACTIONS": "true"})],
)
def test_there_is_no_step_summary_where_nobody_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: list[str], more: dict[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"), **more}
    emit(report(), targets(values, environ), stdout=stream(), root=tmp_path, environ=environ)
    assert not (tmp_path / "summary.md").exists()


def test_a_full_step_summary_is_left_alone(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_bytes(b"x" * (1024 * 1024 - 50))
    environ = {**ACTIONS, "GITHUB_STEP_SUMMARY": str(summary)}
    emit(report(finding()), targets([], environ), stdout=stream(), root=tmp_path, environ=environ)
    assert summary.stat().st_size == 1024 * 1024 - 50


def test_streams_of_any_encoding() -> None:
    for encoding in ("ascii", "cp1252", "utf-8"):
        out = stream(encoding)
        print_to(out, "Größe 漢\udcff\n")
        assert content(out) == "Größe 漢\\udcff\n", encoding
    text = io.StringIO()
    print_to(text, "Größe 漢\n")
    assert text.getvalue() == "Größe 漢\n"


class Narrow(io.StringIO):
    """A stream without bytes below it that cannot show everything, like the console of an editor."""

    encoding = "ascii"  # type: ignore[assignment]

    def write(self, text: str, /) -> int:
        text.encode("ascii")
        return super().write(text)


def test_a_stream_that_cannot_show_a_character_gets_its_escape() -> None:
    out = Narrow()
    print_to(out, "Größe\n")
    assert out.getvalue() == "Gr\\xf6\\xdfe\n"


def test_what_was_printed_before_stays_before() -> None:
    out = stream()
    out.write("first\n")
    print_to(out, "second\n")
    assert content(out) == "first\nsecond\n"


def test_a_file_is_replaced_and_keeps_its_rights(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    target.write_text("old")
    target.chmod(0o600)
    write_atomically(target, "new\n", tmp_path)
    assert target.read_text() == "new\n"
    assert target.stat().st_mode & 0o777 == 0o600
    assert names(tmp_path) == ["a.json"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file_and_no_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    target = tmp_path / "a.json"
    target.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os if call == "fsync" else Path, call, fail)
    with pytest.raises(RenderError, match=r"cannot write .*No space left"):
        write_atomically(target, "new", tmp_path)
    assert target.read_text() == "old"
    assert names(tmp_path) == ["a.json"]


def test_an_interruption_leaves_no_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "a.json", "new", tmp_path)
    assert names(tmp_path) == []


@pytest.mark.parametrize("file", ["x/../a.json", "../beside/a.json", "a.json"])
def test_a_file_may_lie_anywhere_the_user_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    monkeypatch.chdir(root)
    write_atomically(Path(file), "new", root)
    assert (root / file).resolve().read_text() == "new" if "x/" not in file else (root / "a.json").exists()


def test_a_folder_behind_a_link_inside_the_workspace_is_used(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    write_atomically(tmp_path / "link" / "a.json", "new", tmp_path)
    assert (tmp_path / "real" / "a.json").read_text() == "new"
