function included(leaf, index, { size, root }, rows) { // RFC 9162, 2.1.3.2
  let node = leaf, at = index, last = size - 1;
  const up = () => { at = Math.floor(at / 2); last = Math.floor(last / 2); };
  for (const row of rows) {
    if (at % 2 || at === last) {
      node = sha([1], raw(row), node);
      while (at % 2 === 0 && at) up();
    } else node = sha([1], node, raw(row));
    up();
  }
  return last === 0 && node.toString("base64") === root;
}
for (const name of list("ledgers")) attempt(name, () => {
  const here = `ledgers/${name}`, root = checkpoint(`${here}/checkpoint`);
  const lines = read(`${here}/receipts.intoto.jsonl`).split("\n").slice(0, -1);
  const proofs = list(`${here}/proofs`);
  must(lines.length === proofs.length, `${lines.length} receipts, but ${proofs.length} proofs`);
  let before = -1;
  lines.forEach((line, number) => attempt(`${here}/proofs/${proofs[number]}`, () => {
    const [head, text] = read(`${here}/proofs/${proofs[number]}`).split("\n\n"), rows = head.split("\n").slice(1);
    const index = Number(rows.shift().replace("index ", ""));
    must(text === root.text, "the proof is for another checkpoint");
    must(index > before, "the receipts are not in the order of the ledger");
    must(included(sha([0], line), index, root, rows), "the receipt is not that entry of the ledger");
    before = index;
    console.log(`${name} ${index}: ${receipt(line, name)}`);
    receipts += 1;
  }));
});
