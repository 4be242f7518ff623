"""VERIFY.md of a bundle: how to verify it with other people's programs, in commands that fit this very bundle.

What comes from receipts, ledgers or trust files stands in the text as code and in no command.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from string import Template
from typing import Any, Final

from aimsctl.output.gfm import code, inline, table_row
from aimsctl.output.report import counted
from aimsctl.source.resources import template_text

Record = Mapping[str, Any]
_USUAL: Final = re.compile(
    rb'\{"payloadType":"([a-z+./-]+)","payload":"[A-Za-z0-9+/=]+","signatures":'
    rb'\[\{"keyid":"([0-9a-f]{64})","sig":"[A-Za-z0-9+/=]+"\}\]\}'
)
_BY_HAND: Final = """\
Line {line} of `{receipts}`, the first whose signer's key is enclosed. What is signed is its
payload, of {length} bytes, with the type of the payload before it (DSSE, pre-authentication encoding).

```bash
set -euo pipefail
work=$(mktemp -d)
key="${{KEYS:-keys}}/{keyid}.pem"
sed -n '{line}p' {receipts} | tr -d '\\n' > "$work/receipt.json"
sed -E 's/.*"payload":"([^"]*)".*/\\1/' "$work/receipt.json" | base64 -d > "$work/payload"
sed -E 's/.*"sig":"([^"]*)".*/\\1/' "$work/receipt.json" | base64 -d > "$work/signature"
{{ printf 'DSSEv1 {type_length} {type} {length} '; cat "$work/payload"; }} > "$work/signed"
{verify}
cat -v "$work/payload"; echo
```

OpenSSL says that it verified the signature; what is printed last is what the key signed."""
_OPENSSL: Final = {
    "ed25519": 'openssl pkeyutl -verify -pubin -inkey "$key" -rawin -in "$work/signed" -sigfile "$work/signature"',
    "ecdsa-p256": 'openssl dgst -sha256 -verify "$key" -signature "$work/signature" "$work/signed"',
}
_PROOFBUNDLE: Final = """\
`proofbundle` (Python, by other authors) verifies the place of a receipt in its ledger, here of line {line} of
`{receipts}`:

```sh
work=$(mktemp -d)
sed -n '{line}p' {receipts} | tr -d '\\n' > "$work/receipt.json"
proofbundle verify-proof {proof} \\
  --payload-file "$work/receipt.json" --log-vkey "$(cat {log_key})"
```
"""
_TEXTS: Final = "| the texts of the controls, at the digests that the receipts name | `controls/` |\n"
_MORE: Final = """\
`securesystemslib` and other readers of DSSE verify the envelopes. If you have the whole ledger, the `fsck` of Tessera
(github.com/transparency-dev/tessera, `cmd/fsck`) verifies it from end to end, with the ledger's line of step 1 as its
public key. With aimsctl, by a trust file of your own, which also says who may attest what:

```sh
aimsctl evidence verify . --trust your-own/trust.yaml
```"""


class _Text(Template):
    delimiter = "%%"


def instructions(record: Record, files: Mapping[str, bytes]) -> str:
    """The text of VERIFY.md for the bundle that the record describes; `files` are those of its ledgers."""
    complete = any(ledger["window"] for ledger in record["ledgers"])
    example = _example(record, files)
    program = "".join(
        template_text(f"bundle/{name}.mjs") for name in ("common", "window" if complete else "proofs", "ending")
    )
    return _Text(template_text("bundle/VERIFY.md")).substitute(
        receipts=counted(record["counts"]["receipts"], "receipt"),
        ledgers=counted(len(record["ledgers"]), "ledger"),
        place=_place(complete=complete),
        texts=_TEXTS if any(control["file"] for control in record["controls"]) else "",
        keys=_keys(record),
        by_hand=_by_hand(example),
        ending=_ending(record["counts"]),
        program=program,
        others=_others(example),
        shown=_bullets(_shown(record, complete=complete)),
        not_shown=_bullets(_not_shown(record, complete=complete)),
    )


def _ending(counts: Record) -> str:
    if counts["verified"] == counts["receipts"]:
        return f"It must end with `{counts['receipts']} receipts valid, 0 things wrong`."
    doubted = counted(counts["receipts"] - counts["verified"], "receipt")
    return f"It ends with how many are valid. The exporter could not verify {doubted} either; `report.md` names them."


def _place(*, complete: bool) -> str:
    if complete:
        where = "`ledgers/*/window.json`, `ledgers/*/checkpoints/`"
        return f"| that these are all entries between two signed roots | {where} |\n"
    return "| the place of each receipt in its ledger, in the order of the receipts | `ledgers/*/proofs/` |\n"


def _keys(record: Record) -> str:
    rows = [
        (code(key["file"]), f"{counted(key['receipts'], 'receipt')}; called {inline(key['name'])} by the exporter")
        for key in record["keys"]
    ]
    for ledger in record["ledgers"]:
        rows.append((code(ledger["log_key"]), f"the root of {code(ledger['origin'])}"))
        rows += [(code(one["key"]), f"cosigned it: {code(one['name'])}") for one in ledger["witnesses"]]
    return "\n".join(map(table_row, (("key", "what it signed here"), ("---", "---"), *dict.fromkeys(rows))))


def _example(record: Record, files: Mapping[str, bytes]) -> dict[str, Any]:
    """The first receipt of the form in which it can be taken apart with `sed`, signed by one key that is enclosed."""
    known = {key["keyid"]: key["algorithm"] for key in record["keys"]}
    for ledger in record["ledgers"]:
        path = f"{ledger['path']}/receipts.intoto.jsonl"
        proofs = sorted(name for name in files if name.startswith(f"{ledger['path']}/proofs/"))
        for line, entry in enumerate(files[path].splitlines(), 1):
            found = _USUAL.fullmatch(entry)
            keyid = found[2].decode() if found else ""
            if found and keyid in known:
                kind = found[1].decode()
                return {
                    "line": line,
                    "receipts": path,
                    "type": kind,
                    "type_length": len(kind),
                    "length": _length(entry),
                    "keyid": keyid,
                    "verify": _OPENSSL[known[keyid]],
                    "proof": proofs[line - 1] if proofs else "",
                    "log_key": ledger["log_key"],
                }
    return {}


def _length(entry: bytes) -> int:
    text: str = json.loads(entry)["payload"]
    return len(text) // 4 * 3 - text.count("=")


def _by_hand(example: Mapping[str, Any]) -> str:
    if not example:
        return "No receipt here has the form that `sed` can take apart and its key enclosed; go on with the next step."
    return _BY_HAND.format(**example)


def _others(example: Mapping[str, Any]) -> str:
    first = _PROOFBUNDLE.format(**example) + "\n" if example.get("proof") else ""
    return first + _MORE


def _shown(record: Record, *, complete: bool) -> Iterator[str]:
    yield "Who holds the key signed exactly these bytes; not one of them was changed since."
    yield "Each receipt stands in the ledger, at this place, under a root that the ledger's key signed."
    if complete:
        yield "Between the two signed roots nothing was left out, put in or moved."
    if any(ledger["witnesses"] for ledger in record["ledgers"]):
        yield "A witness saw the root, at the time that the witness gives, and that it continued the one seen before."
    if any(control["file"] for control in record["controls"]):
        yield "The text of a control in `controls/` is the one that receipts name by its digest."


def _not_shown(record: Record, *, complete: bool) -> Iterator[str]:
    if not complete:
        yield (
            "That these are all receipts there are: whoever exported chose them. Where that matters, ask for all"
            f" entries between two checkpoints{_between(record['ledgers'])}."
        )
    yield (
        "That the ledger has not more entries, or was not put back to an older state, unless you hold the checkpoint"
        " against one that you kept or that somebody else vouches for."
    )
    if all(ledger["witnesses"] for ledger in record["ledgers"]):
        yield "That the witness is independent. Whoever holds both keys could have written the ledger anew."
    else:
        yield "That a ledger was not written anew, at any time, by who holds its key: not every root has a witness."
    yield "That what was signed is true. A signature says who said it; times are those that the signer gives."
    yield "That every run of a control left a receipt."
    yield "That a key may attest what it signed: your trust file says so, and these commands do not read it."
    yield "What `report.md`, `report.html`, `oscal/` and this file say: nobody signed them. Step 4 prints what was."
    for ledger in record["ledgers"]:
        for what in ledger["unread"]:
            yield f"What else {inline(ledger['origin'])} may hold: a part could not be read: {inline(what)}"


def _between(ledgers: Iterable[Record]) -> str:
    named = [
        f"{code(one['origin'])} from {one['between']['from']} to {one['between']['to']}"
        for one in ledgers
        if one["between"]
    ]
    return f" (`--from-checkpoint`, `--to-checkpoint`); around these it is {' and '.join(named)}" if named else ""


def _bullets(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {one}" for one in sentences)
