"""What a governance lead reads when an artefact does not fit: place, code, words, hint."""

import pytest

from aimsctl.diagnostics import Diagnostic
from aimsctl.source import yaml
from aimsctl.workspace.artefacts import Artefact, load_artefacts
from aimsctl.workspace.explain import MOST_FINDINGS, explain
from aimsctl.workspace.schema import check

DRAFT = "kind: risk\nid: RISK-1\ntitle: A risk\nstatus: draft\n"
RECORD = "kind: check\nid: CHK-1\ntitle: A check\n"


def told(text: str) -> list[Diagnostic]:
    found = []
    for artefact in load_artefacts(yaml.read("policies/a.yaml", text.encode())):
        if not check(artefact):
            found += explain(artefact)
    return found


def one(text: str) -> tuple[str, int, int, str, str]:
    (finding,) = told(text)
    return finding.code, finding.span.line, finding.span.column, finding.message, finding.hint


def test_a_good_draft_has_no_findings() -> None:
    assert told(DRAFT) == []


def test_missing_from_the_start() -> None:
    code, line, column, message, hint = one(DRAFT.replace("title: A risk\n", ""))
    assert (code, line, column, message) == ("AIM101", 1, 1, "`title` is missing.")
    assert hint == "Name that a reader understands without opening the artefact."


def test_missing_from_review_on() -> None:
    text = DRAFT.replace("draft", "in_review") + "concerns: ai_system\ndescription: It happens.\nsource: C.3.4\n"
    assert one(text)[:4] == ("AIM101", 1, 1, "`owner` is missing; needed once the status is in_review.")


def test_missing_once_approved() -> None:
    messages = [finding.message for finding in told(DRAFT.replace("draft", "approved"))]
    assert "`assessed` is missing; needed once the status is approved." in messages
    assert "`owner` is missing; needed once the status is in_review." in messages


def test_missing_in_a_record_without_status() -> None:
    findings = told(RECORD)
    assert {finding.code for finding in findings} == {"AIM101"}
    message = next(finding.message for finding in findings if "`result`" in finding.message)
    assert message.endswith("needed unless the status is draft (a record without a status counts as approved).")


def test_missing_in_a_row_points_at_its_first_key() -> None:
    text = DRAFT.replace("draft", "in_review") + (
        "owner: ROLE-A\nconcerns: ai_system\ndescription: It happens.\nsource: C.3.4\n"
        "actions:\n  - what: Do it\n    due: 2026-01-01\n"
    )
    code, line, column, message, _ = one(text)
    assert (code, line, column) == ("AIM101", 10, 5)
    assert message == "`by` is missing in an entry of `actions`; needed once the status is in_review."


def test_missing_in_a_group_points_at_its_key() -> None:
    text = DRAFT.replace("draft", "in_review") + (
        "owner: ROLE-A\nconcerns: ai_system\ndescription: It happens.\nsource: C.3.4\napproval:\n  by: ROLE-A\n"
    )
    assert one(text)[:4] == (
        "AIM101", 9, 1, "`date` is missing in `approval`; needed once the status is in_review.",
    )  # fmt: skip


def test_one_of_two_fields_is_missing() -> None:
    text = "kind: risk-method\nid: RM-1\ntitle: Method\nstatus: approved\n"
    message = "`likelihood_scale` or `why_no_likelihood` is missing; needed once the status is approved."
    assert message in [finding.message for finding in told(text)]


def test_a_misspelt_field_is_one_finding() -> None:
    text = DRAFT.replace("draft", "in_review") + (
        "onwer: ROLE-A\nconcerns: ai_system\ndescription: It happens.\nsource: C.3.4\n"
    )
    assert one(text) == ("AIM102", 5, 1, "`onwer` is not a field of a risk.", "did you mean `owner`?")


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("Owner: ROLE-A", "did you mean `owner`?"),
        ("ai-systems: []", "did you mean `ai_systems`?"),
        ("last: 2026-01-01", "`last` belongs under `review`."),
        ("nothing_like_it: 1", "`aimsctl schema risk` lists the fields."),
        ("review: {often: P1Y}", "Its fields are last, every."),
        ("review: {owner: P1Y}", "`owner` belongs at the top of the artefact."),
    ],
)
def test_where_an_unknown_field_belongs(line: str, hint: str) -> None:
    code, _, _, _, found = one(DRAFT + line + "\n")
    assert (code, found) == ("AIM102", hint)


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("likelihood: often", "`likelihood` must be a whole number, not text.",
         "Write digits only, such as 3 or 97.5."),
        ('likelihood: "3"', "`likelihood` must be a whole number, not text.", "Remove the quotes."),
        ("likelihood: 2.5", "`likelihood` must be a whole number, not a decimal number.", ""),
        ("likelihood: [3]", "`likelihood` must be a whole number, not a list.", ""),
        ("likelihood: 1_000", "`likelihood` must be a whole number, not text.",
         "Write digits only, such as 3 or 97.5."),
        ("description: true", "`description` must be text, not true or false.", 'Quote it: "true".'),
        ("owner: [ROLE-A]", "`owner` must be text, not a list.", "There can be only one: write it without `- `."),
        ("ai_systems: AI-1", "`ai_systems` must be a list, not text.",
         "Put each entry on a line of its own, after `- `."),
        ("review: yearly", "`review` must be a group of fields, not text.", "Its fields are last, every."),
        ("actions: [x]", "An entry of `actions` must be a group of fields, not text.",
         "Its fields are what, by, due, done, result, dropped."),
    ],
)  # fmt: skip
def test_wrong_types(line: str, message: str, hint: str) -> None:
    code, at, _, said, offered = one(DRAFT + line + "\n")
    assert (code, at, said, offered) == ("AIM103", 5, message, hint)


def test_a_truth_value_in_words() -> None:
    text = "kind: person\nid: PER-1\ntitle: P\nstatus: draft\n"
    assert told(text) == []
    code, _, _, message, hint = one("kind: check\nid: C-1\ntitle: C\nstatus: draft\nresult: true\n")
    assert (code, hint) == ("AIM104", "")
    text = "kind: concern\nid: C-1\ntitle: C\nstatus: draft\nserious: yes\n"
    code, _, _, message, hint = one(text)
    assert (code, message) == ("AIM103", "`serious` must be true or false, not text.")
    assert hint == "Write true or false, without quotes."


def test_a_word_that_is_not_allowed() -> None:
    code, line, column, message, hint = one(DRAFT + "treatment: reduces\n")
    assert (code, line, column) == ("AIM104", 5, 12)
    assert message == "`treatment` cannot be `reduces`; allowed: avoid, reduce, share, retain."
    assert hint == "did you mean `reduce`?"


def test_long_lists_of_words_and_long_values_are_cut() -> None:
    text = "kind: interested-party\nid: P-1\ntitle: P\nstatus: draft\ncategory: " + "x" * 500 + "\n"
    message = one(text)[3]
    assert "…" in message
    assert len(message) < 300


def test_yes_and_no_that_became_truth_values_are_recognised() -> None:
    text = "kind: management-review\nid: M-1\ntitle: M\nstatus: draft\nsuitable: true\n"
    assert one(text)[4] == "did you mean `yes`?"


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("owner: role a", "`owner` is `role a`, which is not an id", "did you mean `ROLE-A`?"),
        ("owner: ROLE", "`owner` is `ROLE`, which is not an id", ""),
        ("owner: РОЛЬ-1", "`owner` is `РОЛЬ-1`, which is not an id", ""),
        ("controls: [A6.2.4]", "An entry of `controls` is `A6.2.4`, which is not an Annex A control or",
         "did you mean `A.6.2.4`?"),
        ("controls: [ctl_1]", "An entry of `controls` is `ctl_1`, which is not an Annex A control or",
         "did you mean `CTL-1`?"),
    ],
)  # fmt: skip
def test_ids(line: str, message: str, hint: str) -> None:
    code, at, _, said, offered = one(DRAFT + line + "\n")
    assert (code, at, offered) == ("AIM105", 5, hint)
    assert said.startswith(message)


@pytest.mark.parametrize(
    ("value", "hint"),
    [("clause 6.1.3", "6.1.3"), ("A 6.2.4", "A.6.2.4"), ("6.1.3.", "6.1.3"), ("Annex A.6.2.4", "A.6.2.4"), ("six", "")],
)
def test_requirements(value: str, hint: str) -> None:
    text = f"kind: process\nid: P-1\ntitle: P\nstatus: draft\nfulfils: [{value}]\n"
    code, _, _, _, offered = one(text)
    assert (code, offered) == ("AIM105", f"did you mean `{hint}`?" if hint else "")


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("2026/3/1", "2026-03-01"), ("2026-3-1", "2026-03-01"), ("2026.03.01", "2026-03-01"),
        ("2026-03-01T10:00:00Z", "2026-03-01"), ("03/04/2026", ""), ("soon", ""), ("9999-12-31", ""), ("20260301", ""),
    ],
)  # fmt: skip
def test_dates(value: str, hint: str) -> None:
    code, line, _, message, offered = one(DRAFT + f"assessed: {value}\n")
    assert (code, line) == ("AIM106", 5)
    assert message.startswith(f"`assessed` is `{value}`")
    assert offered == (f"did you mean `{hint}`?" if hint else "")


def test_a_day_that_does_not_exist() -> None:
    assert one(DRAFT + "assessed: 2026-02-30\n")[3] == "`assessed` is `2026-02-30`, a day that does not exist."
    assert told(DRAFT + "assessed: 2028-02-29\n") == []
    assert one(DRAFT + "assessed: 2027-02-29\n")[0] == "AIM106"


@pytest.mark.parametrize(
    ("value", "hint"),
    [("1 year", "P1Y"), ("yearly", "P1Y"), ("6 months", "P6M"), ("90d", "P90D"), ("p1y", "P1Y"),
     ("every 2 weeks", "P2W"),
     ("PT24H", ""), ("P", ""), ("P1Y2W", "")],
)  # fmt: skip
def test_periods(value: str, hint: str) -> None:
    code, _, _, _, offered = one(DRAFT + f"retention: {value}\n")
    assert (code, offered) == ("AIM106", f"did you mean `{hint}`?" if hint else "")


def test_a_time_limit_is_told_in_words_and_not_as_a_pattern() -> None:
    text = "kind: control\nid: C-1\ntitle: C\nstatus: draft\nevidence:\n  - within: 24 hours\n"
    told = "`evidence.within` is `24 hours`, which is not a time in hours or days, such as PT24H or P2D."
    assert one(text)[0::3] == ("AIM106", told)


@pytest.mark.parametrize("value", ["P1Y", "P1Y6M", "P1Y6M10D", "P18M", "P90D", "P2W"])
def test_good_periods(value: str) -> None:
    assert told(DRAFT + f"retention: {value}\n") == []


def test_numbers_out_of_range() -> None:
    assert one(DRAFT + "likelihood: 0\n")[0::3] == ("AIM107", "`likelihood` must be at least 1, not 0.")
    text = "kind: control\nid: C-1\ntitle: C\nstatus: draft\nevidence:\n  - coverage_at_least: 99.5\n"
    assert one(text)[0::3] == ("AIM107", "`evidence.coverage_at_least` must be at most 1, not 99.5.")


def test_empty_lists_and_empty_fields() -> None:
    text = RECORD + "status: in_review\nchecks: []\n"
    finding = next(finding for finding in told(text) if finding.code == "AIM108")
    assert finding.message == "`checks` needs at least one entry; needed once the status is in_review."
    assert (finding.span.line, finding.span.column) == (5, 1)
    assert one(DRAFT + "owner:\n")[0::3] == ("AIM112", "`owner` is empty.")
    assert one(DRAFT + 'description: ""\n')[0] == "AIM112"
    assert one(DRAFT + "ai_systems: [AI-1, ~]\n")[3] == "An entry of `ai_systems` is empty."


def test_one_line_means_one_line() -> None:
    assert one(DRAFT.replace("A risk", ">\n  A risk"))[0::3] == ("AIM105", "`title` takes one line of text.")
    assert told(DRAFT.replace("A risk", ">-\n  A\n  risk")) == []


def test_a_line_end_after_an_id_is_told_even_among_other_findings() -> None:
    codes = {(finding.code, finding.span.line) for finding in told(DRAFT.replace("RISK-1", '"RISK-1\\n"') + "x: 1\n")}
    assert codes == {("AIM105", 2), ("AIM102", 5)}


def test_numbers_as_the_schema_wants_them() -> None:
    text = (
        "kind: metric\nid: MET-1\ntitle: M\nstatus: draft\nversion: 1.10\nat_most: 97.50\nat_least: 3\nunit: 7\n"
        "baseline: -1e3\nresults:\n  - {date: 2026-01-01, value: 0.5}\n"
    )
    (artefact,) = load_artefacts(yaml.read("policies/a.yaml", text.encode()))
    assert check(artefact)
    assert artefact.get("version") == "1.10"
    assert artefact.get("at_most") == 97.5
    assert artefact.get("at_least") == 3
    assert artefact.get("unit") == "7"
    assert artefact.get("baseline") == -1000
    assert artefact.get("results") == [{"date": "2026-01-01", "value": 0.5}]


def test_quoted_numbers_stay_text_where_a_number_is_wanted() -> None:
    assert one("kind: metric\nid: MET-1\ntitle: M\nstatus: draft\nat_most: '97.5'\n")[4] == "Remove the quotes."
    assert told('kind: metric\nid: MET-1\ntitle: "97.5"\nstatus: draft\nat_most: 97.5\n') == []


@pytest.mark.parametrize("value", [".inf", ".nan", "1e999", "010", "0x10", "1,5", "1_000", "12:30", "+5", "9" * 60])
def test_what_is_no_number(value: str) -> None:
    assert one(f"kind: metric\nid: MET-1\ntitle: M\nstatus: draft\nat_most: {value}\n")[0] == "AIM103"


def test_a_finding_in_the_defaults_of_a_register_is_told_there() -> None:
    text = "kind: register\nof: risk\ndefaults: {status: draft, onwer: ROLE-A}\nitems:\n  - id: R-1\n    title: A\n"
    code, line, _, message, _ = one(text)
    assert (code, line, message) == ("AIM102", 3, "`onwer` is not a field of a risk.")


def test_an_item_of_another_kind_than_its_register() -> None:
    text = "kind: register\nof: risk\ndefaults: {status: draft}\nitems:\n  - {kind: policy, id: R-1, title: A}\n"
    assert one(text)[0::3] == ("AIM104", "`kind` cannot be `policy`; allowed: risk.")


def test_the_form_of_a_register() -> None:
    document = yaml.read("a.yaml", b"kind: register\nof: risk\nowner: R-1\ndefaults: {id: R-1}\nitems: {}\n")
    assert document.data is not None
    form = Artefact("register", "", document.data, document)
    assert not check(form)
    found = {(finding.code, finding.span.line, finding.message) for finding in explain(form)}
    assert found == {
        ("AIM102", 3, "`owner` is not a field of a register."),
        ("AIM102", 4, "`id` cannot be the same for every item of a register."),
        ("AIM103", 5, "`items` must be a list, not a group of fields."),
    }


def test_findings_keep_their_fingerprint_when_lines_move_and_differ_by_row() -> None:
    rows = "evidence:\n  - {id: a, min_count: 0}\n  - {id: b, min_count: 0}\n"
    text = "kind: control\nid: CTL-1\ntitle: C\nstatus: draft\n"
    before = [finding.fingerprint for finding in told(text + rows)]
    after = [
        finding.fingerprint for finding in told("# a comment\n" + text + rows.replace("  - {id: b", "\n  - {id: b"))
    ]
    assert before == after
    assert len(set(before)) == 2


def test_a_flood_is_cut_and_says_so() -> None:
    findings = told(DRAFT + "ai_systems:\n" + "  - bad\n" * 500)
    assert len(findings) == MOST_FINDINGS
    assert findings[-1].code == "AIM111"
    assert findings[-1].message.endswith("more findings in this artefact are not shown.")


def test_messages_are_one_line_and_say_nothing_of_the_engine() -> None:
    text = DRAFT + "likelihood: [1]\nowner: 'a\n\n  b'\n\"x\\ny\": 1\nactions: [{due: x}]\n"
    for finding in told(text):
        assert "\n" not in finding.message
        assert "schema" not in finding.message
        assert "property" not in finding.message
