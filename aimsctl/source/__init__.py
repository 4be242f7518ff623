"""Floor 1: bytes in. Files of a tree, YAML as plain data with places, configuration, packaged resources."""
