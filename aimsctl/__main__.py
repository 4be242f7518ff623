"""`python -m aimsctl` and the `aimsctl` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    arguments = sys.argv[1:]
    if arguments[:2] == ["evidence", "record"]:
        from aimsctl.cli.quick import attempt  # noqa: PLC0415 - `import aimsctl.__main__` loads nothing

        code = attempt(arguments[2:])
        if code is not None:
            sys.exit(code)
    from aimsctl.cli.main import run  # noqa: PLC0415 - the same

    sys.exit(run(arguments))


if __name__ == "__main__":
    main()
