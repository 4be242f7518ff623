"""Floor 4: spreadsheets out and in. It makes tables of artefacts, and plans of what a table would change."""
