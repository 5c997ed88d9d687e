// A bot of node-nlp behind express with the same intents as ours: everything in memory, nothing stored.
// `node bot.mjs train` learns and keeps the model; `node bot.mjs PORT` answers.
import { createRequire } from "node:module";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const { NlpManager } = require("node-nlp");
const model = join(here, "model.nlp");

const manager = new NlpManager({ languages: ["it", "en"], nlu: { log: false }, autoSave: false });
if (process.argv[2] === "train") {
  for (const intent of JSON.parse(readFileSync(join(here, "intents.json")))) {
    for (const [language, examples] of Object.entries(intent.examples)) {
      for (const example of examples) manager.addDocument(language, example, intent.name);
      const answer = intent.answers[language] ?? intent.name;
      manager.addAnswer(language, intent.name, answer);
    }
  }
  await manager.train();
  manager.save(model);
} else {
  if (!existsSync(model)) throw new Error("train it first");
  manager.load(model);
  const express = require("express");
  const app = express();
  app.use(express.json());
  app.post("/webhooks/rest/webhook", async (request, response) => {
    const { sender, message } = request.body;
    const read = await manager.process(message);
    response.json([{ recipient_id: sender, text: read.answer ?? "?" }]);
  });
  app.listen(Number(process.argv[2]), "127.0.0.1");
}
