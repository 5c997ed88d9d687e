// Every page in both languages, on a phone, in the dark, and for those who cannot see it.

import { check, ensure } from './stage.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const PAGES = [
  ['shop', '/', null],
  ['chat frame', '/chat/frame', null],
  ['login', '/login', null],
  ['desk', '/desk?tab=resolved', 'anna@demo.example'],
  ['board', '/board', 'sara@demo.example'],
  ['board sla', '/board/sla', 'sara@demo.example'],
  ['board fairness', '/board/fairness', 'sara@demo.example'],
  ['board shadow', '/board/shadow', 'sara@demo.example'],
];

export async function thePages(browser, house, output) {
  const sessions = new Map();
  /** Logs in once for each person: the login slows down who tries too often. */
  const enter = async (page, who, path) => {
    if (sessions.has(who)) {
      await page.context().addCookies(sessions.get(who));
      await page.goto(house.url + path);
    } else {
      await page.logIn(house.url, who, path);
      sessions.set(who, await page.context().cookies());
    }
  };
  for (const [name, path, who] of PAGES) {
    await check(`${name}: no serious barrier, and both languages`, async () => {
      const page = await browser.open({ viewport: { width: 1280, height: 800 } });
      if (who) await enter(page, who, path);
      else await page.goto(house.url + path);
      await page.locator('main').first().waitFor();
      const found = await page.barriers();
      ensure(found.length === 0, found.join('\n'));
      ensure(await page.evaluate(() => document.documentElement.lang) === 'en', 'English');
      await page.goto(`${house.url}/lang/it?back=${encodeURIComponent(path)}`);
      ensure(await page.evaluate(() => document.documentElement.lang) === 'it', 'Italian');
      await page.clean();
    });
    await check(`${name}: fits a phone, also in the dark`, async () => {
      const page = await browser.open({ ...PHONE, colorScheme: 'dark' });
      if (who) await enter(page, who, path);
      else await page.goto(house.url + path);
      await page.locator('main').first().waitFor();
      const over = await page.overflow();
      ensure(over <= 0, `${over} px too wide`);
      const found = await page.barriers();
      ensure(found.length === 0, found.join('\n'));
      await page.screenshot({ animations: 'disabled', path: `${output}/${name.replace(' ', '-')}-phone-dark.png` });
      await page.clean();
    });
  }
  await check('without scripts the desk still works', async () => {
    const page = await browser.open({ viewport: { width: 1280, height: 800 }, javaScriptEnabled: false });
    await page.logIn(house.url, 'anna@demo.example', '/desk');
    await page.locator('#next button').click();
    await page.locator('main').first().waitFor();
    await page.clean();
  });
}
