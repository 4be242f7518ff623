"""Floor 4: documents for people who never see YAML: the readiness report and what an auditor asks for."""
