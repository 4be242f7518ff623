"""Floor 5: the command line. Options in, one call to an engine, output, exit code; nothing is decided here."""
