"""Floor 2: what ran, and who says so. Signed receipts, a ledger that anybody can verify, and the keys that are trusted.

`from aimsctl.evidence import Recorder` is the way in for programs; importing this room loads nothing else.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from aimsctl.evidence.recorder import Recorder

__all__ = ["Recorder"]


def __getattr__(name: str) -> object:
    """The Recorder, loaded with its cryptography when it is first asked for."""
    if name != "Recorder":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from aimsctl.evidence.recorder import Recorder  # noqa: PLC0415 - cryptography takes longer to load than a run may

    return Recorder
