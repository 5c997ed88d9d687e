import { mkdirSync } from 'node:fs';
import { launch, serve, totals } from './stage.mjs';
import { theOffers } from './offers.mjs';
const output = '/tmp/e2e-out'; mkdirSync(output, { recursive: true });
const browser = await launch();
const push = await serve(['--no-traffic'], { ROUTING__MODE: 'push', ROUTING__OFFER_SECONDS: '12', ROUTING__MISSES: '2' });
try { await theOffers(browser, push, output); } finally { await push.stop(); await browser.close(); }
console.log(totals());
