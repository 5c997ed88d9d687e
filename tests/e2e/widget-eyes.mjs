// The widget for those who see it otherwise: in the dark, on a phone, enlarged, from right to left, by
// keyboard, or read aloud.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { check, ensure } from './stage.mjs';
import { DESKTOP, PHONE, chatOf } from './widget-stage.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Every finding of axe inside the chat, not only the serious ones. */
async function barriers(page) {
  const inside = chatOf(page).inside();
  await inside.evaluate(axe);
  return inside.evaluate(async () => {
    const run = await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return run.violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html).join(' | ')}`);
  });
}

export async function theEyes(browser, shop, output) {
  for (const [name, options, query] of [
    ['light', DESKTOP, ''],
    ['dark', { ...DESKTOP, colorScheme: 'dark' }, ''],
    ['phone', PHONE, ''],
    ['phone-dark', { ...PHONE, colorScheme: 'dark' }, ''],
    ['italian', DESKTOP, '?language=it'],
    ['rtl', DESKTOP, '?language=ar&position=left'],
    ['rtl-phone-dark', { ...PHONE, colorScheme: 'dark' }, '?language=ar'],
    ['own colour', DESKTOP, '?colour=%23ffb703'],
  ]) {
    await check(`widget: no barrier at all: ${name}`, async () => {
      const page = await browser.open(options);
      await page.goto(`${shop.url}/${query}`);
      const chat = chatOf(page);
      await chat.open();
      await chat.locator('#main .bubble:not(.you)').first().waitFor();
      await chat.write(query.includes('=it') ? 'quanto costa la spedizione?' : 'how much is shipping?');
      await chat.hears(/4[.,]90/);
      await page.screenshot({ animations: 'disabled', path: `${output}/widget-${name.replace(' ', '-')}.png` });
      const found = [...await barriers(page), ...await page.barriers()];
      ensure(found.length === 0, found.join('\n'));
      const dir = await chat.inside().evaluate(() => document.documentElement.dir);
      ensure(dir === (query.includes('=ar') ? 'rtl' : 'ltr'), dir);
      const over = await chat.inside().evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      ensure(over <= 0, `${over} px too wide`);
      await page.clean();
    });
  }
  for (const [name, viewport] of [['200%', { width: 640, height: 400 }], ['400%', { width: 320, height: 256 }]]) {
    await check(`widget: everything is there at ${name}`, async () => {
      const page = await browser.open({ viewport });
      await page.goto(shop.url);
      const chat = chatOf(page);
      await chat.open();
      await chat.hears('automated assistant');
      await chat.write('how much is shipping?');
      await chat.hears(/4[.,]90/);
      await page.screenshot({ animations: 'disabled', path: `${output}/widget-${name.replace('%', '')}.png` });
      for (const part of ['#text', '#person', '#close', '#attach']) {
        const seen = chat.locator(part);
        await seen.scrollIntoViewIfNeeded();
        const box = await seen.boundingBox();
        ensure(box.width >= 24 && box.height >= 24, `${part} is ${box.width} x ${box.height}`);
        ensure(box.x >= 0 && box.x + box.width <= viewport.width + 1, `${part} is cut off`);
      }
      const found = await barriers(page);
      ensure(found.length === 0, found.join('\n'));
      await page.clean();
    });
  }
  await check('widget: by keyboard alone, and Esc gives the focus back', async () => {
    const page = await browser.open(DESKTOP);
    await page.goto(shop.url);
    const launcher = page.getByRole('button', { name: 'Open the support chat' });
    await page.locator('#elsewhere').focus();
    await page.keyboard.press('Tab');
    const focused = () => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.tagName ?? document.activeElement?.tagName);
    ensure(await focused() === 'BUTTON', await focused());
    await launcher.waitFor();
    await page.keyboard.press('Enter');
    const chat = chatOf(page);
    await chat.hears('automated assistant');
    await chat.inside().waitForFunction(() => document.activeElement?.id === 'text');
    await page.keyboard.type('how much is shipping?');
    await page.keyboard.press('Enter');
    await chat.hears(/4[.,]90/);
    const walked = new Set();
    for (let n = 0; n < 12; n += 1) {
      await page.keyboard.press('Shift+Tab');
      walked.add(await chat.inside().evaluate(() => document.activeElement?.id || document.activeElement?.tagName));
    }
    for (const part of ['attach', 'person', 'main', 'close', 'SUMMARY']) ensure(walked.has(part), `${part} is out of reach: ${[...walked]}`);
    await chat.locator('#text').focus();
    await page.keyboard.press('Escape');
    await page.locator('iframe').waitFor({ state: 'hidden' });
    ensure(await focused() === 'BUTTON', `the focus is on ${await focused()}`);
    await page.clean();
  });
  await check('widget: what was said before is not read aloud again', async () => {
    const page = await browser.open(DESKTOP);
    await page.goto(shop.url);
    const chat = chatOf(page);
    await chat.open();
    await chat.hears('automated assistant');
    await page.reload();
    await chat.open();
    await chat.inside().evaluate(() => new Promise((resolve) => {
      const log = document.getElementById('main');
      const look = () => (log.getAttribute('aria-live') === 'polite' ? resolve() : requestAnimationFrame(look));
      look();
    }));
    ensure(await chat.locator('#main .bubble').count() > 0, 'it is read aloud before the history is there');
    await page.clean();
  });
}
