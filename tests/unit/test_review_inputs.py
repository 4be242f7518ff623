"""What a management review is shown: what lies between the review before and this one, and what was open then."""

from __future__ import annotations

from typing import Any

from aimsctl.documents.review_inputs import inputs

KINDS = ("management_review", "change", "concern", "incident", "audit", "improvement", "nonconformity", "metric")


def review(day: str, status: str = "approved", **more: Any) -> dict[str, Any]:
    return {"id": f"MR-{day}", "date": day, "status": status, "decisions": [], **more}


def nonconformity(day: str, state: str, *, checked: str | None = None, done: str | None = None) -> dict[str, Any]:
    return {"id": f"NC-{day}", "date": day, "state": state, "effect_checked": checked, "done_date": done}


def gathered(subject: dict[str, Any], **artefacts: list[dict[str, Any]]) -> dict[str, Any]:
    values = {
        "document": {"data": subject},
        "as_of": "2026-11-01",
        "artefacts": {**{name: [] for name in KINDS}, "management_review": [subject], **artefacts},
    }
    return inputs(values)


def test_the_first_review_looks_back_without_end() -> None:
    found = gathered(review("2026-07-14"), incident=[{"date": "2025-01-01"}, {"date": "2026-07-15"}])
    assert (found["since"], found["until"]) == (None, "2026-07-14")
    assert found["incidents"] == [{"date": "2025-01-01"}]


def test_a_review_begins_where_the_last_one_held_ended() -> None:
    decided = [{"what": "More people"}]
    before = [review("2026-01-10"), review("2026-04-10", decisions=decided), review("2026-06-01", "draft")]
    found = gathered(
        review("2026-07-14"),
        management_review=before,
        audit=[{"date": "2026-04-10"}, {"date": "2026-04-11"}, {"date": None}],
    )
    assert found["since"] == "2026-04-10"
    assert found["earlier"] == decided
    assert found["audits"] == [{"date": "2026-04-11"}]


def test_a_planned_review_ends_on_the_day_of_judgement() -> None:
    assert gathered(review("2027-01-19", "draft"))["until"] == "2026-11-01"


def test_a_nonconformity_stays_until_it_is_closed() -> None:
    known = [
        nonconformity("2026-01-01", "closed", checked="2026-02-01"),
        nonconformity("2026-01-02", "closed", checked="2026-05-01"),
        nonconformity("2026-01-03", "in_action"),
        nonconformity("2026-05-01", "open"),
        nonconformity("2026-08-01", "open"),
    ]
    found = gathered(
        review("2026-07-14"),
        management_review=[review("2026-04-10")],
        nonconformity=known,
    )
    assert [one["date"] for one in found["nonconformities"]] == ["2026-01-02", "2026-01-03", "2026-05-01"]


def test_metrics_show_the_results_of_the_time() -> None:
    metric = {"id": "M-1", "results": [{"date": "2026-03-31"}, {"date": "2026-06-30"}, {"date": "2026-09-30"}]}
    found = gathered(review("2026-07-14"), management_review=[review("2026-04-10")], metric=[metric])
    assert found["metrics"] == [{"metric": metric, "results": [{"date": "2026-06-30"}]}]
