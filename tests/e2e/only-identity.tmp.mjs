import { mkdirSync } from 'node:fs';
import { launch, serve, totals } from './stage.mjs';
import { theIdentity } from './identity.mjs';
const output = process.env.SPORTELLO_TEST_OUTPUT;
mkdirSync(output, { recursive: true });
const browser = await launch();
const quiet = await serve(['--no-traffic']);
try { await theIdentity(browser, quiet, output); } finally { await quiet.stop(); }
console.log(totals());
await browser.close();
