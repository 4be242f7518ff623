for (const name of list("ledgers")) attempt(name, () => { // the peaks and all entries after them make the root
  const here = `ledgers/${name}`, end = checkpoint(`${here}/checkpoint`);
  const { from, to, peaks } = JSON.parse(read(`${here}/window.json`)), nodes = peaks.map((peak) => Buffer.from(peak, "hex"));
  const folded = () => nodes.reduceRight((right, left) => sha([1], left, right)).toString("base64");
  if (from > 0) {
    const start = checkpoint(`${here}/checkpoints/${from}`);
    must(start.origin === end.origin && start.size === from && start.root === folded(), "the window starts at another tree");
  }
  let size = from;
  for (const line of read(`${here}/receipts.intoto.jsonl`).split("\n").slice(0, -1)) {
    let node = sha([0], line);
    for (let rest = size; rest % 2; rest = Math.floor(rest / 2)) node = sha([1], nodes.pop(), node);
    nodes.push(node);
    attempt(`${name} ${size}`, () => { console.log(`${name} ${size}: ${receipt(line, name)}`); receipts += 1; });
    size += 1;
  }
  must(size === to && end.size === to && folded() === end.root, "the receipts are not all of the window, or others");
  console.log(`${name}: these are all entries from ${from} up to ${to - 1}, none is missing`);
});
