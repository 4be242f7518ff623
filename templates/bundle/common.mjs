// node verify.mjs KEYS: verifies this bundle with Node's own library and the public keys in the folder KEYS.
import { createHash, createPublicKey, verify } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
const folder = process.argv[2], read = (path) => readFileSync(path, "utf8"), raw = (text) => Buffer.from(text, "base64");
const sha = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();
const must = (holds, why) => { if (!holds) throw new Error(why); };
const spki = (key) => key.export({ format: "der", type: "spki" }), ED25519 = Buffer.from("302a300506032b6570032100", "hex");
const ed25519 = (key) => createPublicKey({ key: Buffer.concat([ED25519, key]), format: "der", type: "spki" });
const list = (path) => (existsSync(path) ? readdirSync(path).filter((name) => !name.startsWith(".")).sort() : []);
const files = (end) => list(folder).filter((name) => name.endsWith(end)).map((name) => read(`${folder}/${name}`));
const keys = new Map(files(".pem").map(createPublicKey).map((key) => [sha(spki(key)).toString("hex"), key]));
const notaries = files(".vkey").map((line) => line.trim().split("+")).map(([name, hint, ...rest]) => {
  const data = raw(rest.join("+"));
  return { name, hint, kind: data[0], key: ed25519(data.subarray(1)) }; // kind 1: a log, kind 4: a witness
});
const texts = new Set(), seen = new Set();
let receipts = 0, wrong = 0;
function attempt(where, what) {
  try { what(); } catch (error) { wrong += 1; console.log(`NOT VALID ${where}: ${error.message}`); }
}
function checkpoint(path) { // name, size, root, an empty line, signatures (C2SP signed-note and tlog-cosignature)
  const [text, lines] = read(path).split("\n\n"), [origin, size, root] = text.split("\n"), signers = [];
  for (const line of lines.split("\n")) for (const { name, hint, kind, key } of notaries) {
    const value = raw(line.split(" ")[2] ?? ""), signature = value.subarray(4);
    if (!line.startsWith(`\u2014 ${name} `) || value.subarray(0, 4).toString("hex") !== hint) continue;
    const time = kind === 4 ? signature.readBigUInt64BE() : 0n;
    const signed = kind === 4 ? `cosignature/v1\ntime ${time}\n${text}\n` : `${text}\n`;
    must(verify(null, Buffer.from(signed), key, signature.subarray(kind === 4 ? 8 : 0)), `${name} did not sign ${path}`);
    signers.push(kind === 4 ? `${name} at ${new Date(Number(time) * 1000).toISOString()}` : kind === 1 && name === origin);
  }
  must(signers.includes(true), `no key here signed ${path} as the log ${origin}`);
  for (const one of signers) if (one !== true) console.log(`${path}: cosigned by ${one}`);
  return { text, origin, size: Number(size), root };
}
function receipt(line, ledger) { // a DSSE envelope with an in-toto statement; every signature in it must hold
  const envelope = JSON.parse(line), { payloadType, signatures } = envelope, payload = raw(envelope.payload);
  const signed = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);
  must(signatures.length > 0, "it is not signed");
  for (const { keyid, sig } of signatures) {
    const key = keys.get(keyid), value = raw(sig), digest = key?.asymmetricKeyType === "ed25519" ? null : "sha256";
    must(key, `signed by a key that is not here: ${keyid}`);
    must(verify(digest, signed, { key, dsaEncoding: value.length === 64 ? "ieee-p1363" : "der" }, value), "wrong signature");
  }
  const { predicate: said = {} } = JSON.parse(payload), digest = said.control?.digest?.sha256, id = `${ledger} ${said.id ?? line}`;
  must(!seen.has(id), "it is there twice");
  seen.add(id);
  if (digest) texts.add(digest);
  return [said.finishedOn, said.control?.id, said.aiSystem?.id, said.model?.version, said.target?.kind, said.target?.id,
    said.result, said.verdict, said.action, said.review?.outcome].filter(Boolean).join(" ").replace(/[^ -~]/g, "?");
}
