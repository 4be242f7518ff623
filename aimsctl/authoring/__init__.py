"""Floor 4: the only room that makes and changes artefacts. It returns texts; the command line writes them."""
