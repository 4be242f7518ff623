"""Floor 2: the artefacts of one AI management system, loaded, checked and joined."""
