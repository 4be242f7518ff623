"""aimsctl: an AI management system (ISO/IEC 42001) kept as YAML in git.

Importing the package loads nothing else; each command loads what it needs when it runs.
"""

__version__ = "0.1.0"
