for (const name of list("controls")) attempt(`controls/${name}`, () =>
  must(texts.has(sha(readFileSync(`controls/${name}`)).toString("hex")), "no receipt names this text of the control"));
console.log(`${receipts} receipts valid, ${wrong} things wrong`);
process.exitCode = wrong || !receipts ? 1 : 0;
