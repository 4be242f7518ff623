"""The commands as their users call them: what they print, where, and how they end."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).resolve().parents[2]
AS_OF = "2026-11-01"
BROKEN = {
    "policies/role.yaml": "kind: role\nid: ROLE-CEO\ntitle: Chief executive\nstatus: in_review\nowner: ROLE-CFO\n",
    "policies/risk.yaml": "kind: risk\nid: RISK-1\ntitle: Late answer\nstatus: draft\nonwer: ROLE-CEO\n",
    "policies/tab.yaml": "kind: risk\n\tid: RISK-2\n",
}


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the worked example, apart from the repository."""
    root = tmp_path_factory.mktemp("example")
    shutil.copy(ROOT / "aimsctl.yaml", root)
    shutil.copytree(ROOT / "policies", root / "policies")
    return root


def found(diagnostics: list[dict[str, Any]]) -> set[tuple[str, str, int]]:
    return {(one["code"], one["path"], one["line"]) for one in diagnostics if one["suppressed"] is None}


def test_the_worked_example_is_valid(run: Any, example: Path) -> None:
    outcome = run("validate", cwd=example)
    assert outcome.code == 0
    assert re.search(r"no findings in \d{3} files", outcome.stdout)


def test_findings_end_with_1_and_name_place_and_next_step(run: Any, workspace: Any) -> None:
    outcome = run("validate", cwd=workspace(BROKEN).root)
    assert outcome.code == 1
    assert "policies/role.yaml:5:8: error[AIM301] There is no artefact ROLE-CFO." in outcome.stdout
    assert "policies/risk.yaml:5:1: error[AIM102]" in outcome.stdout
    assert "did you mean `owner`?" in outcome.stdout
    assert re.search(r"policies/tab\.yaml:2:1: error\[AIM016\] .*tab", outcome.stdout, re.IGNORECASE)
    assert outcome.stderr == ""


def test_every_format_tells_the_same_findings(run: Any, workspace: Any, tmp_path: Path) -> None:
    root = workspace(BROKEN).root
    names = ("json", "sarif", "github", "gitlab", "junit", "markdown", "concise")
    files = [f"--format={name}:{tmp_path / name}" for name in names]
    assert run("validate", *files, cwd=root).code == 1
    told = {name: (tmp_path / name).read_text() for name in names}
    wanted = found(json.loads(told["json"])["diagnostics"])
    assert wanted
    assert {
        (one["ruleId"], place["artifactLocation"]["uri"], place["region"]["startLine"])
        for one in json.loads(told["sarif"])["runs"][0]["results"]
        for place in [one["locations"][0]["physicalLocation"]]
    } == wanted
    assert {
        (one["check_name"], one["location"]["path"], one["location"]["lines"]["begin"])
        for one in json.loads(told["gitlab"])
    } == wanted
    in_github = re.findall(
        r"^::\w+ (?=.*title=(AIM\d+))(?=.*file=([^,]+))(?=.*line=(\d+))", told["github"], re.MULTILINE
    )
    assert {(code, path, int(line)) for code, path, line in in_github} == wanted
    in_concise = re.findall(r"^([^:]+):(\d+):\d+: \w+\[(\w+)\]", told["concise"], re.MULTILINE)
    assert {(code, path, int(line)) for path, line, code in in_concise} == wanted
    assert all(code in told["markdown"] and path in told["markdown"] for code, path, _ in wanted)
    failures = ET.fromstring(told["junit"]).iter("failure")  # noqa: S314 - our own output
    assert len(list(failures)) >= len({(code, path) for code, path, _ in wanted})


def test_gap_tells_the_same_findings_in_json_and_sarif(run: Any, example: Path, tmp_path: Path) -> None:
    files = [f"--format={name}:{tmp_path / name}" for name in ("json", "sarif")]
    run("gap", "--as-of", AS_OF, *files, cwd=example)
    wanted = found(json.loads((tmp_path / "json").read_text())["diagnostics"])
    results = json.loads((tmp_path / "sarif").read_text())["runs"][0]["results"]
    assert {
        (one["ruleId"], place["artifactLocation"]["uri"], place["region"]["startLine"])
        for one in results
        if not one.get("suppressions")
        for place in [one["locations"][0]["physicalLocation"]]
    } == wanted


@pytest.mark.parametrize("command", [("validate",), ("gap", "--as-of", AS_OF)])
@pytest.mark.parametrize("form", ["text", "json", "sarif", "markdown"])
def test_the_same_bytes_in_another_folder_time_zone_and_locale(
    run: Any, example: Path, tmp_path: Path, command: tuple[str, ...], form: str
) -> None:
    elsewhere = tmp_path / "ein anderer Ort"
    shutil.copytree(example, elsewhere)
    here = run(*command, "--format", form, cwd=example)
    strange = {
        "TZ": "Pacific/Kiritimati",
        "LANG": "de_DE.ISO-8859-1",
        "PYTHONHASHSEED": "7",
        "PYTHONIOENCODING": "ascii",
    }
    there = run(*command, "--format", form, "-C", elsewhere, cwd=tmp_path, env=strange)
    assert here.code == there.code
    assert here.stdout == there.stdout


def test_paths_narrow_the_report_and_not_the_reading(run: Any, workspace: Any) -> None:
    root = workspace(BROKEN).root
    outcome = run("validate", "policies/role.yaml", "--format", "json", cwd=root)
    assert {one["path"] for one in outcome.json["diagnostics"]} == {"policies/role.yaml"}
    assert outcome.code == 1


def test_paths_that_name_nothing_are_refused(run: Any, workspace: Any) -> None:
    root = workspace(BROKEN).root
    (root / "README.md").write_text("x")
    assert run("validate", "nowhere.yaml", cwd=root).code == 2
    assert run("validate", "README.md", cwd=root).code == 3


def test_global_options_stand_before_or_after_the_command(run: Any, workspace: Any, tmp_path: Path) -> None:
    root = workspace(BROKEN).root
    assert run("--exit-zero", "validate", "-C", root, cwd=tmp_path).code == 0
    assert run("validate", "--exit-zero", "--root", root, cwd=tmp_path).code == 0
    assert run("validate", cwd=tmp_path, env={"AIMSCTL_ROOT": str(root)}).code == 1


def test_the_root_is_found_from_a_folder_below(run: Any, workspace: Any) -> None:
    root = workspace(BROKEN).root
    assert run("validate", cwd=root / "policies").code == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("validate", "--format", "pdf"), 2),
        (("validate", "--as-of", "yesterday"), 2),
        (("validate", "--fail-on", "often"), 2),
        (("gap", "--requirement", "A.6.2.99"), 2),
        (("explain", "A.99"), 2),
        (("rule", "AIM999"), 2),
        (("schema", "polizy"), 2),
        (("validat",), 2),
        (("validate", "-C", "/nonexistent"), 3),
        (("--version",), 0),
        (("--help",), 0),
    ],
)
def test_wrong_arguments_are_told_in_one_line(run: Any, arguments: tuple[str, ...], code: int) -> None:
    outcome = run(*arguments)
    assert outcome.code == code
    assert "Traceback" not in outcome.stderr
    if code:
        assert outcome.stderr
        assert outcome.stdout == ""


def test_a_workspace_without_artefacts_is_an_error(run: Any, workspace: Any) -> None:
    outcome = run("validate", cwd=workspace().root)
    assert outcome.code == 1
    assert "nothing was checked" in outcome.stdout


def test_gap_never_stops_and_says_what_it_could_not_judge(run: Any, workspace: Any) -> None:
    files = {**BROKEN, "policies/policy.yaml": "kind: policy\nid: POL-1\ntitle: AI policy\nstatus: approved\n"}
    root = workspace(files).root
    outcome = run("gap", "--format", "json", "--as-of", AS_OF, cwd=root)
    assert outcome.code == 1
    policy = next(one for one in outcome.json["requirements"] if one["id"] == "5.2")
    unknown = [reason for reason in policy["reasons"] if reason["test"] == "policy-exists"]
    assert [reason["result"] for reason in unknown] == ["unknown"]
    assert "policies/policy.yaml" in unknown[0]["message"]
    assert run("gap", "--fail-on", "never", cwd=root).code == 0


def test_gap_fails_by_grade(run: Any, example: Path) -> None:
    assert run("gap", "--as-of", AS_OF, cwd=example).code == 1
    assert run("gap", "--as-of", AS_OF, "--fail-on", "never", cwd=example).code == 0
    assert run("gap", "--as-of", AS_OF, "--requirement", "4.1", "--fail-on", "opportunity", cwd=example).code == 0
    assert run("gap", "--as-of", AS_OF, "--requirement", "8.2", "--fail-on", "minor", cwd=example).code == 1
    assert run("gap", "--as-of", AS_OF, "--requirement", "8.2", "--fail-on", "major", cwd=example).code == 0


def test_gap_judges_every_requirement_with_words_of_the_design(run: Any, example: Path) -> None:
    record = run("gap", "--as-of", AS_OF, "--format", "json", cwd=example).json
    assert (record["version"], record["as_of"], len(record["requirements"])) == (1, AS_OF, 70)
    written = {"complete", "partial", "planned", "absent", "suspect", "not_expected"}
    running = {"current", "stale", "failing", "absent", "not_expected", "unknown"}
    for one in record["requirements"]:
        assert one["documented"] in written
        assert one["implemented"] in written
        assert one["operating"] in running
        assert one["grade"] in {"major", "minor", "opportunity", "unknown", "conforms", "not_applicable"}
        assert one["grade"] in {"conforms", "not_applicable"} or one["reasons"]


def test_policy_from_judges_with_the_other_configuration_and_waivers(run: Any, example: Path, tmp_path: Path) -> None:
    lax, strict = tmp_path / "lax", tmp_path / "strict"
    shutil.copytree(example, lax)
    shutil.copytree(example, strict)
    (lax / "aimsctl.yaml").write_text("schema: 1\norganisation: X\ngap: {fail_on: never}\n")
    assert run("gap", "--as-of", AS_OF, cwd=lax).code == 0
    judged = run("gap", "--as-of", AS_OF, "--policy-from", strict, "--format", "json", cwd=lax)
    assert judged.code == 1
    assert "differs from the workspace's own" in judged.json["summary"]["provenance"]["policy"]


def test_thresholds_may_only_be_stricter(run: Any, workspace: Any) -> None:
    root = workspace(
        BROKEN, config={"thresholds": {"review_interval": "P5Y", "audit_interval": "P6M", "grase": 1}}
    ).root
    codes = {one["code"] for one in run("validate", "--format", "json", cwd=root).json["diagnostics"]}
    assert {"AIM911", "AIM912"} <= codes


def test_explain_shows_the_state_in_this_workspace(run: Any, example: Path, tmp_path: Path) -> None:
    inside = run("explain", "A.8.4", "--as-of", AS_OF, cwd=example)
    assert "In this workspace, as of 2026-11-01" in inside.stdout
    outside = run("explain", "A.8.4", cwd=tmp_path)
    assert outside.code == 0
    assert "In this workspace" not in outside.stdout


def test_config_names_the_origin_of_every_setting(run: Any, workspace: Any) -> None:
    root = workspace(BROKEN, config="schema: 1\norganisation: Acme\ngap:\n  fail_on: minor\n").root
    told = run("config", cwd=root).stdout
    assert re.search(r"gap\.fail_on\s+minor\s+\(aimsctl\.yaml:4\)", told)
    assert re.search(r"policies\s+policies\s+\(default\)", told)


def test_schema_prints_one_self_contained_schema(run: Any, tmp_path: Path) -> None:
    schema = run("schema", "risk").json
    assert "common.schema.json" not in json.dumps(schema)
    assert run("schema", "--all", tmp_path / "schemas").code == 0
    assert len(list((tmp_path / "schemas").glob("*.schema.json"))) == 39


def test_colour_is_for_terminals_and_for_those_who_ask(run: Any, workspace: Any) -> None:
    root = workspace(BROKEN).root
    assert "\x1b[" not in run("validate", cwd=root).stdout
    assert "\x1b[" in run("validate", "--color", "always", cwd=root).stdout
    assert "\x1b[" not in run("validate", cwd=root, env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).stdout


def test_suppressions_need_a_use_and_end(run: Any, workspace: Any) -> None:
    risk = "kind: risk\nid: RISK-1\ntitle: Late answer\nstatus: draft\n"
    note = "# aimsctl: ignore[{}] until {}: the role is filled in May\n"
    files = {
        "policies/used.yaml": risk + note.format("AIM301", "2027-01-01") + "owner: ROLE-NEW\n",
        "policies/late.yaml": risk.replace("-1", "-5") + note.format("AIM301", "2026-01-01") + "owner: ROLE-OLD\n",
        "policies/idle.yaml": risk.replace("-1", "-9") + note.format("AIM102", "2027-01-01"),
    }
    told = run("validate", "--as-of", AS_OF, "--format", "json", cwd=workspace(files).root).json["diagnostics"]
    by_place = {(one["path"].split("/")[1], one["code"]): one["suppressed"] for one in told}
    assert by_place["used.yaml", "AIM301"].startswith("the role is filled in May")
    assert by_place["late.yaml", "AIM301"] is None
    assert ("late.yaml", "AIM931") in by_place
    assert ("idle.yaml", "AIM932") in by_place


def test_own_rules_of_the_organisation_add_and_never_replace(run: Any, workspace: Any) -> None:
    rule = (
        "code: ORG-001\nname: policy-owner\non: policy\nif: {properties: {type: {const: ai}}}\n"
        "then: {required: [classification]}\nmessage: An AI policy says who may read it.\n"
    )
    policy = "kind: policy\nid: POL-1\ntitle: AI policy\nstatus: draft\ntype: ai\n"
    root = workspace({"policies/p.yaml": policy, "rules/own.yaml": rule, "rules/bad.yaml": "code: X\n"}).root
    told = run("validate", "--format", "json", cwd=root).json["diagnostics"]
    assert {("ORG-001", "policies/p.yaml"), ("AIM921", "rules/bad.yaml")} == {
        (one["code"], one["path"]) for one in told
    }


def test_a_reader_that_goes_away_is_no_defect(example: Path) -> None:
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    command = f"{sys.executable} -m aimsctl gap --as-of {AS_OF} | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=example, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] in {"0", "1", "141"}
    assert "Traceback" not in done.stderr


def test_exit_codes_are_documented(run: Any) -> None:
    from aimsctl.errors import EXIT_CODES  # noqa: PLC0415

    told = " ".join(run("--help").stdout.split())
    readme = (ROOT / "README.md").read_text()
    for code, meaning in EXIT_CODES.items():
        assert f"{code} {meaning}" in told
        assert re.search(rf"\|\s*{code}\s*\|", readme)


@pytest.mark.parametrize("name", ["validate", "gap", "explain", "rules", "rule", "schema", "config", "init", "new"])
def test_every_command_has_help_and_is_in_the_readme(run: Any, name: str) -> None:
    assert run(name, "--help").code == 0
    assert f"aimsctl {name}" in (ROOT / "README.md").read_text()
