// nlp.js as it comes, for scripts/bench-intents: learns TRAIN.json, answers TEST.json, prints its times.
const { readFileSync } = require("node:fs");
const { dockStart } = require("@nlpjs/basic");

const rows = (path) => JSON.parse(readFileSync(`${path}.json`, "utf8"));

async function main() {
  const [train, test] = process.argv.slice(2).map(rows);
  const settings = { settings: { nlp: { languages: ["en"], autoSave: false, log: false } }, use: ["Basic", "LangEn"] };
  const dock = await dockStart({ ...settings, conf: undefined });
  const nlp = dock.get("nlp");
  nlp.addLanguage("en");
  const began = performance.now();
  for (const [text, label] of train) nlp.addDocument("en", text, label);
  await nlp.train();
  const learn = performance.now() - began;
  const taken = [];
  for (const [text] of [...test.slice(0, 50), ...test]) {
    const start = performance.now();
    await nlp.process("en", text);
    taken.push((performance.now() - start) * 1e3);
  }
  const sorted = taken.slice(Math.min(50, test.length)).sort((a, b) => a - b);
  console.log(JSON.stringify({ learn, query: sorted[Math.floor(sorted.length / 2)] }));
}

main();
