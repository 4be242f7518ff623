"""Every document there is, in the order of the audit pack. A document is an entry here and a template of its name."""

from __future__ import annotations

from typing import Final

from aimsctl.documents import logs, registers, sheets, support
from aimsctl.documents.definition import Definition
from aimsctl.documents.review_inputs import inputs

_TEXT: Final = "controlled-document"

DEFINITIONS: Final = (
    Definition("audit-pack-index", "Audit pack index", "register", "soa", compiled=True),
    # the management system
    Definition(
        "aims-manual",
        "Manual of the AI management system",
        "register",
        "process",
        requirements=("4.1", "4.2", "4.3", "4.4"),
        compiled=True,
    ),
    Definition("context-analysis", "Context analysis", "one", "context"),
    Definition(
        "interested-parties",
        "Interested parties and requirements",
        "register",
        "interested-party",
        sheets=(registers.PARTIES,),
    ),
    Definition(
        "legal-register",
        "Register of legal and other requirements",
        "register",
        "obligation",
        sheets=(registers.OBLIGATIONS,),
    ),
    Definition("aims-scope", "AIMS scope statement", "one", "scope"),
    Definition(
        "aims-description",
        "Description of the AI management system and its processes",
        "register",
        "process",
        sheets=(registers.PROCESSES,),
    ),
    Definition("ai-policy", "AI policy", "one", "policy", where=("type", "ai")),
    Definition("policy-review-record", "Policy alignment and review record", "register", "policy"),
    Definition(
        "roles-and-responsibilities", "AI roles and responsibilities", "register", "role", sheets=(registers.ROLES,)
    ),
    # planning
    Definition("ai-risk-method", "AI risk criteria and assessment process", "one", "risk-method"),
    Definition("ai-risk-treatment-process", "AI risk treatment process", "one", "risk-method"),
    Definition("ai-risk-register", "AI risk register", "register", "risk", sheets=(registers.RISKS,)),
    Definition(
        "risk-treatment-plan",
        "AI risk treatment plan",
        "register",
        "risk",
        sheets=(registers.TREATMENT, registers.TREATMENT_ACTIONS),
    ),
    Definition(
        "risk-treatment-results",
        "Results of AI risk treatment",
        "register",
        "risk",
        sheets=(registers.TREATMENT_RESULTS,),
    ),
    Definition(
        "risk-and-opportunity-actions",
        "Risks and opportunities with planned actions",
        "register",
        "risk",
        where=("concerns", "management_system"),
    ),
    Definition("statement-of-applicability", "Statement of applicability", "one", "soa", sheets=(sheets.STATEMENT,)),
    Definition(
        "applied-controls", "Description of the necessary controls", "register", "control", sheets=(registers.CONTROLS,)
    ),
    Definition("ai-impact-assessment", "AI system impact assessment", "each", "impact-assessment"),
    Definition(
        "impact-assessment-process",
        "AI system impact assessment process",
        "each",
        "document",
        template=_TEXT,
        where=("types", "impact_assessment_process"),
    ),
    Definition(
        "ai-objectives",
        "AI objectives and plans",
        "register",
        "objective",
        sheets=(registers.OBJECTIVES, registers.OBJECTIVE_ACTIONS),
    ),
    Definition(
        "change-plan",
        "Change plans for the management system and AI systems",
        "register",
        "change",
        sheets=(logs.CHANGES, logs.CHANGE_ACTIONS),
    ),
    # AI systems and their life cycle
    Definition(
        "ai-system-inventory",
        "AI system inventory",
        "register",
        "ai-system",
        sheets=(registers.SYSTEMS, registers.MODELS),
    ),
    Definition("resource-record", "Resources of AI systems", "register", "resource", sheets=(support.RESOURCES,)),
    Definition("data-register", "Data register with provenance", "register", "dataset", sheets=(support.DATA,)),
    Definition(
        "data-quality-record", "Data quality requirements and results", "register", "dataset", sheets=(support.QUALITY,)
    ),
    Definition("data-preparation-record", "Data preparation methods", "register", "dataset"),
    Definition(
        "development-process",
        "Responsible development process",
        "each",
        "document",
        template=_TEXT,
        where=("types", "development_process"),
    ),
    Definition(
        "requirements-and-design",
        "Requirements, specification and design record",
        "each",
        "document",
        template=_TEXT,
        where=("types", "requirements"),
    ),
    Definition(
        "verification-and-validation-record",
        "Verification and validation results",
        "register",
        "evaluation",
        sheets=(support.EVALUATIONS,),
    ),
    Definition("deployment-record", "Deployment plans and release approvals", "register", "deployment"),
    Definition(
        "operation-and-monitoring-plan",
        "Operation and monitoring plan",
        "each",
        "document",
        template=_TEXT,
        where=("types", "operation_plan"),
    ),
    Definition(
        "technical-documentation",
        "AI system technical documentation",
        "each",
        "document",
        template=_TEXT,
        where=("types", "technical_documentation"),
    ),
    Definition("event-logs", "AI event logs and logging configuration", "register", "ai-system"),
    Definition(
        "user-information",
        "Information for users",
        "each",
        "document",
        template=_TEXT,
        where=("types", "user_information"),
    ),
    Definition(
        "responsible-use-rules",
        "Responsible use rules and approvals",
        "register",
        "document",
        where=("types", "use_rules"),
        takes_in="use_rules",
    ),
    Definition(
        "intended-use-record",
        "Intended use and use monitoring",
        "register",
        "check",
        where=("topic", "intended_use"),
    ),
    # support
    Definition("competence-records", "Competence records", "register", "competence", sheets=(support.COMPETENCE,)),
    Definition("awareness-records", "Awareness records", "register", "training", sheets=(support.TRAINING,)),
    Definition(
        "communication-plan", "Communication plan", "register", "communication", sheets=(support.COMMUNICATION,)
    ),
    Definition(
        "document-control",
        "Document control rules and register",
        "register",
        "document",
        sheets=(support.DOCUMENTS,),
        takes_in="document_control",
    ),
    Definition(
        "external-documents",
        "Register of outside documents",
        "register",
        "document",
        where=("types", "external"),
        takes_in="external",
    ),
    # suppliers and customers
    Definition(
        "supplier-record", "AI supplier register and assessments", "register", "supplier", sheets=(logs.SUPPLIERS,)
    ),
    Definition(
        "responsibility-allocation",
        "Responsibilities with suppliers, partners and customers",
        "register",
        "allocation",
        sheets=(logs.ALLOCATIONS,),
    ),
    Definition(
        "customer-requirements",
        "Customer needs and commitments",
        "register",
        "obligation",
        where=("from_customer", True),
        sheets=(registers.OBLIGATIONS,),
    ),
    Definition(
        "reporting-obligations",
        "Reporting obligations register",
        "register",
        "obligation",
        where=("reporting", True),
        sheets=(registers.OBLIGATIONS,),
    ),
    # performance
    Definition(
        "operational-control-records", "Operational control records", "register", "check", sheets=(logs.CHECKS,)
    ),
    Definition(
        "monitoring-results",
        "Monitoring and measurement plan and results",
        "register",
        "metric",
        sheets=(logs.METRICS, logs.RESULTS),
    ),
    Definition("internal-audit-programme", "Internal audit programme", "each", "audit-programme"),
    Definition("internal-audit-report", "Internal audit report", "each", "audit", where=("type", "internal")),
    Definition("management-review", "Management review record", "each", "management-review", more=inputs),
    # improvement
    Definition(
        "nonconformity-register",
        "Nonconformities and corrective actions",
        "register",
        "nonconformity",
        sheets=(logs.NONCONFORMITIES, logs.CORRECTIVE_ACTIONS),
    ),
    Definition("improvement-register", "Improvement register", "register", "improvement", sheets=(logs.IMPROVEMENTS,)),
    Definition("incident-record", "AI incident records", "register", "incident", sheets=(logs.INCIDENTS, logs.NOTICES)),
    Definition("incident-communication-plan", "Incident communication plan and notices", "register", "communication"),
    Definition("concern-log", "Concern reports", "register", "concern", sheets=(logs.CONCERNS,)),
    Definition("external-report-log", "Reports of harm from outside", "register", "concern", where=("side", "outside")),
    Definition("other-frameworks", "Other frameworks", "register", "soa", compiled=True),
    Definition("waivers", "Waivers", "register", "waiver", requirements=("10.2",), sheets=(logs.WAIVERS,)),
)
BY_ID: Final = {definition.id: definition for definition in DEFINITIONS}
