"""The sheets of the registers, one entry a column. Columns are added at the end of a sheet, never moved or renamed."""

from __future__ import annotations

from typing import Final

from aimsctl.documents.sheets import YES_NO, Column, Sheet
from aimsctl.workspace.kinds import kind

_STATED: Final = "Status = status"


def register_sheet(name: str, kind_name: str, *columns: str, below: str = "", path: str = "entries") -> Sheet:
    """A sheet of the entries of a document, or of the rows in one of their lists, from `Heading = path` each.

    A field that the schema gives a few words offers these. Within a list, `of.` leads to the entry that holds the row.
    """
    split = (column.split(" = ") for column in columns)
    made = tuple(Column(heading, at, _choices(kind_name, at, below)) for heading, at in split)
    return Sheet(name, f"{path}/{below}" if below else path, made)


def _choices(kind_name: str, at: str, below: str) -> tuple[str, ...]:
    known = kind(kind_name)
    name = at.removeprefix("of.") if at.startswith("of.") or not below else f"{below}.{at}"
    field = known.fields.get(name) if known is not None else None
    if field is None or field.many:
        return ()
    return YES_NO if field.type == "boolean" else tuple(word.replace("_", " ") for word in field.enum)


def actions_sheet(kind_name: str, name: str, of: str) -> Sheet:
    """The actions of the entries, a row each."""
    return register_sheet(
        name,
        kind_name,
        f"{of} = of.id",
        "Title = of.title",
        "Action = what",
        "Role = by.title",
        "Due = due",
        "Done = done",
        "Open = open",
        "Overdue = overdue",
        "Result = result",
        "Given up = dropped",
        below="actions",
    )


RISKS: Final = register_sheet(
    "Risks",
    "risk",
    "Risk = id",
    "Title = title",
    _STATED,
    "Concerns = concerns",
    "AI systems = ai_systems.title",
    "Model version = model_version",
    "Description = description",
    "Source = source",
    "Arises from = arises_from.id",
    "Objectives = objectives.id",
    "Consequence organisation = consequence_organisation",
    "Consequence individuals = consequence_individuals",
    "Consequence society = consequence_society",
    "Likelihood = likelihood",
    "Level = level",
    "Above appetite = above_line",
    "Priority = priority",
    "Owner = owner.title",
    "Treatment = treatment",
    "Controls = controls.id",
    "Planned level = target_level",
    "Level after = residual_level",
    "Accepted by = residual_accepted.by.title",
    "Accepted until = accepted_until",
    "Assessed = assessed",
    "Trigger = trigger",
    "Assessor = assessor.title",
    "Next assessment = next_due",
)
TREATMENT: Final = register_sheet(
    "Treatment",
    "risk",
    "Risk = id",
    "Title = title",
    "Level = level",
    "Treatment = treatment",
    "Reason = treatment_reason",
    "Controls = controls.id",
    "Resources = resources",
    "Built into = built_into.id",
    "Target consequence = target_consequence",
    "Target likelihood = target_likelihood",
    "Target level = target_level",
    "Plan approved by = plan_approved.by.title",
    "Plan approved = plan_approved.date",
    "Remainder accepted by = residual_accepted.by.title",
    "Remainder accepted = residual_accepted.date",
    "Accepted until = accepted_until",
    "Actions open = actions_open",
)
TREATMENT_ACTIONS: Final = actions_sheet("risk", "Actions", "Risk")
TREATMENT_RESULTS: Final = register_sheet(
    "Results",
    "risk",
    "Risk = id",
    "Title = title",
    "Actions = actions.what",
    "Results = actions.result",
    "Last finished = done_date",
    "Effect checked = effect_checked",
    "Effect = effect",
    "Shown by = effect_shown_by",
    "Level before = level",
    "Planned level = target_level",
    "Consequence after = residual_consequence",
    "Likelihood after = residual_likelihood",
    "Level after = residual_level",
    "Lowered = lowered",
    "Actions open = actions_open",
)
PARTIES: Final = register_sheet(
    "Interested parties",
    "interested-party",
    "Party = id",
    "Title = title",
    "Group = category",
    "Taken up = relevant",
    "Interest = interest",
    "Owner = owner.title",
    _STATED,
)
OBLIGATIONS: Final = register_sheet(
    "Requirements",
    "obligation",
    "Requirement = id",
    "Title = title",
    "Type = source_type",
    "Source = source",
    "Parties = parties.title",
    "AI systems = ai_systems.title",
    "Duty = duty",
    "Applies from = applies_from",
    "Taken on = handled_by_aims",
    "How it is met = how",
    "Met by = met_by.id",
    "Checked by = checked_by",
    "Checked = checked",
    "Owner = owner.title",
    "Report to = report_to",
    "Report content = report_content",
    "Report deadline = report_deadline",
    "Reporter = reporter.title",
    "Told to customers = customer_told",
    "Feedback = feedback",
    _STATED,
)
PROCESSES: Final = register_sheet(
    "Processes",
    "process",
    "Process = id",
    "Title = title",
    "Owner = owner.title",
    "Purpose = purpose",
    "Inputs = inputs",
    "Outputs = outputs",
    "Feeds = feeds.id",
    "Fulfils = fulfils.id",
    "Criteria = criteria",
    "Part of = embedded_in",
    "Rhythm = every",
    "Last result = last_output",
    _STATED,
)
ROLES: Final = register_sheet(
    "Roles",
    "role",
    "Role = id",
    "Title = title",
    "Holder = holder.title",
    "Since = since",
    "Deputy = deputy.title",
    "Reports to = reports_to.title",
    "Top management = top_management",
    "Responsibilities = responsibilities",
    "Authority = authority",
    "Duties = duties",
    "Competence needed = competence_needed",
    "Accepted = accepted",
    _STATED,
)
CONTROLS: Final = register_sheet(
    "Controls",
    "control",
    "Control = id",
    "Title = title",
    "Fulfils = fulfils.id",
    "AI systems = ai_systems.title",
    "How = how",
    "Performed by = performed_by.title",
    "Operator = operator",
    "Runs = runs",
    "Every = every",
    "Event = event",
    "In force since = in_force_since",
    "Procedure = procedure.id",
    "Effectiveness = effectiveness",
    "Effect checked = effect_checked",
    "Effect = effect",
    "Evidence owed = evidence.id",
    "Owner = owner.title",
    _STATED,
)
SYSTEMS: Final = register_sheet(
    "AI systems",
    "ai-system",
    "System = id",
    "Title = title",
    "Owner = owner.title",
    "In scope = in_scope",
    "Stage = stage",
    "Roles = roles",
    "Built = built",
    "Description = description",
    "Intended use = intended_use",
    "Use limits = use_limits",
    "Users = users",
    "Affected = affected",
    "Data categories = data_categories",
    "High risk = high_risk",
    "Legal class = legal_class",
    "Reason for the class = legal_class_reason",
    "Data sets = datasets.id",
    "Suppliers = suppliers.id",
    "Last review = last_review",
    "Next review = next_review",
    _STATED,
)
MODELS: Final = register_sheet(
    "Model versions",
    "ai-system",
    "System = of.id",
    "Model = name",
    "Version = version",
    "Released = released",
    "Retired = retired",
    "In use = current",
    "Significant = significant",
    "What changed = changed",
    "Trained on = trained_on.id",
    "Digest = digest",
    below="models",
)
OBJECTIVES: Final = register_sheet(
    "Objectives",
    "objective",
    "Objective = id",
    "Title = title",
    "Policy = policy.id",
    "Area = area",
    "Measure = measure",
    "Metric = metric.id",
    "At least = at_least",
    "At most = at_most",
    "Owner = owner.title",
    "Due = due",
    "Resources = resources",
    "Judged by = judged_by",
    "Last measured = last_measured",
    "Progress = progress",
    "Decided when missed = missed_decision",
    _STATED,
)
OBJECTIVE_ACTIONS: Final = actions_sheet("objective", "Actions", "Objective")
