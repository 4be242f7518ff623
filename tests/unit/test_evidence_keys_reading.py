"""An Ed25519 key is read from its own bytes as the library reads it; whatever else there is goes to the library."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from aimsctl.evidence.keys import from_seed, generate, private_from_pem
from aimsctl.evidence.problems import KeyRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

PEM = generate().pem()
CHANGES: list[Callable[[bytes], bytes]] = [
    lambda text: text,
    lambda text: text.rstrip(b"\n"),
    lambda text: text.replace(b"\n", b"\r\n"),
    lambda text: b"# the guard's key\n" + text,
    lambda text: text.replace(b"MC4CAQ", b"MC4CBQ"),
    lambda text: text.replace(b"MC4C", b"MC4D"),
    lambda text: text.replace(b"PRIVATE", b"PUBLIC"),
    lambda text: text[:-40],
    lambda text: text + text,
    lambda _: b"",
]


@pytest.mark.parametrize("change", CHANGES)
def test_both_readers_agree(change: Callable[[bytes], bytes]) -> None:
    content = change(PEM)
    try:
        expected = load_pem_private_key(content, None).public_key().public_bytes_raw()  # type: ignore[union-attr]
    except ValueError:
        with pytest.raises(KeyRefusedError):
            private_from_pem(content)
    else:
        assert private_from_pem(content).public.raw == expected


def test_reading_one_loads_no_reader_of_all_forms() -> None:
    script = (
        "import sys; from aimsctl.evidence.keys import private_from_pem; private_from_pem(sys.stdin.buffer.read());"
        "sys.exit('cryptography.hazmat.primitives.serialization' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], input=from_seed(b"\x01" * 32).pem(), check=True)
