// The browser test: the demo's pages in a real Chromium, driven as people would.
//
// SPORTELLO_TEST_BINARY, SPORTELLO_TEST_CHROMIUM and SPORTELLO_TEST_OUTPUT name the binary, the browser
// and the folder for screenshots. The last line counts what passed; exit 1 when anything failed.

import { mkdirSync } from 'node:fs';
import { launch, serve, check, totals } from './stage.mjs';
import { theIdentity } from './identity.mjs';
import { theOffers } from './offers.mjs';
import { theFiles } from './files.mjs';
import { theRich } from './rich.mjs';
import { theRoad } from './road.mjs';
import { thePages } from './pages.mjs';
import { candidate, theShadow } from './shadow.mjs';
import { theWidget } from './widget.mjs';

const output = process.env.SPORTELLO_TEST_OUTPUT ?? 'ci-output';
mkdirSync(output, { recursive: true });

const browser = await launch();
try {
  const quiet = await serve(['--no-traffic']);
  try {
    await theRich(browser, quiet, output);
    await theRoad(browser, quiet, output);
    await thePages(browser, quiet, output);
  } finally {
    await quiet.stop();
  }
  const filing = await serve(['--no-traffic']);
  try {
    await theFiles(browser, filing, output);
  } finally {
    await filing.stop();
  }
  const linked = await serve(['--no-traffic']);
  try {
    await theIdentity(browser, linked, output);
  } finally {
    await linked.stop();
  }
  const push = await serve(['--no-traffic'], { ROUTING__MODE: 'push', ROUTING__OFFER_SECONDS: '12', ROUTING__MISSES: '2' });
  try {
    await theOffers(browser, push, output);
  } finally {
    await push.stop();
  }
  const files = candidate();
  const shaded = await serve(['--no-traffic'], { INTENTS__SHADOW_DIR: files.folder });
  try {
    await theShadow(browser, shaded, files, output);
  } finally {
    await shaded.stop();
    files.remove();
  }
  await theWidget(browser, output);
  const busy = await serve([]);
  try {
    await check('a newcomer sees life on the board within ten seconds', async () => {
      const page = await browser.open({ viewport: { width: 1440, height: 900 } });
      await page.logIn(busy.url, 'sara@demo.example', '/board');
      const waited = Date.now() - busy.began;
      const sessions = page.locator('#figures');
      await sessions.getByText('(demo)').first().waitFor({ timeout: Math.max(1, 10_000 - waited) });
      await page.waitForFunction(
        () => fetch('/api/v1/stats/live').then((answer) => answer.json())
          .then((board) => board.sessions.reduce((sum, [, n]) => sum + n, 0) > 0),
        undefined,
        { timeout: Math.max(1_000, 10_000 - (Date.now() - busy.began)) },
      );
      await page.locator('#figure-csat .unit').waitFor({ timeout: 90_000 });
      await page.screenshot({ animations: 'disabled', path: `${output}/board-busy.png` });
      await page.clean();
    });
  } finally {
    await busy.stop();
  }
} finally {
  await browser.close();
}

const { passed, failed } = totals();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
