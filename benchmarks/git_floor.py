"""The least that reading a history can cost here: every distinct file once through git, parsed once. A script.

    python -m benchmarks.git_floor ROOT

No commit is looked at, nothing is checked and nothing judged: what `aimsctl trend` does on top is the distance to this.
"""

from __future__ import annotations

import subprocess
import sys

from benchmarks.floor import plain


def main(root: str) -> int:
    """0 when every file of the history was read and parsed."""
    listed = subprocess.run(
        ["git", "rev-list", "--objects", "--all"], cwd=root, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    wanted = [row.partition(" ")[0] for row in listed if row.endswith(".yaml")]
    asked = "\n".join(wanted) + "\n"
    answer = subprocess.run(
        ["git", "cat-file", "--batch"], cwd=root, check=True, capture_output=True, input=asked.encode()
    ).stdout
    at = 0
    for _ in wanted:
        end = answer.index(b"\n", at)
        size = int(answer[at:end].rpartition(b" ")[2])
        plain(answer[end + 1 : end + 1 + size])
        at = end + size + 2
    print(len(wanted), "files")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
