"""`python -m aimsctl` and the `aimsctl` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from aimsctl.cli.main import run  # noqa: PLC0415 - `import aimsctl.__main__` loads nothing

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
