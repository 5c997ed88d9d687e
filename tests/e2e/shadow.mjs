// The shadow run: a candidate folder beside the demo's knowledge, compared, refused, mended, promoted.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, ensure } from './stage.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const DESK = { viewport: { width: 1280, height: 900 } };

/** A copy of the sample whose shipping costs more and which can be broken and mended. */
export function candidate() {
  const folder = mkdtempSync(join(tmpdir(), 'sportello-candidate-'));
  cpSync('intents', folder, { recursive: true });
  const edit = (change) => {
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.yaml'))) {
      const file = join(folder, name);
      const before = readFileSync(file, 'utf8'), after = change(before, name);
      if (after !== before) writeFileSync(file, after);
    }
  };
  edit((text) => text.replaceAll('4.90 EUR', '5.50 EUR').replaceAll('4,90 EUR', '5,50 EUR'));
  edit((text, name) => (name === 'shop.yaml' ? text.replace(/^ +- .*(aperti|are you open).*\?\n/gm, '') : text));
  return {
    folder,
    break: () => edit((text, name) => (name === 'bot.yaml' ? text.replace('menu:', 'mneu:') : text)),
    mend: () => edit((text) => text.replace('mneu:', 'menu:')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Loads the page again until it is so: folders are looked at every two seconds, and trained. */
async function reloaded(page, so) {
  const began = Date.now();
  while (!await so()) {
    ensure(Date.now() - began < 90_000, `waited in vain: ${so}`);
    await page.waitForTimeout(1_000);
    await page.reload();
  }
}

export async function theShadow(browser, house, files, output) {
  let sent = 0;
  const says = async (message, language = 'en') => {
    sent += 1;
    const body = JSON.stringify({ sender: `shadow-${sent}`, message, metadata: { message_id: '1', language } });
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(`${house.url}/webhooks/rest/webhook`, { method: 'POST', headers, body });
    return (await answer.json()).map(({ text }) => text).join(' ');
  };
  const sara = await browser.open(DESK);
  const shot = (page, name) => page.screenshot({ animations: 'disabled', fullPage: true, path: `${output}/shadow-${name}.png` });

  await check('a candidate folder runs in the shadow, and a changed answer appears by itself', async () => {
    await sara.logIn(house.url, 'sara@demo.example', '/board/shadow');
    await reloaded(sara, async () => await sara.locator('.candidate').count() > 0);
    // It is trained within seconds; what comes before is not compared.
    await reloaded(sara, async () => {
      await says('quanto costa la spedizione', 'it');
      await sara.waitForTimeout(1_500);
      return await sara.locator('.change').count() > 0;
    });
    ensure(/4[.,]90/.test(await says('how much is shipping? my mail is ada@example.org')), 'the published price is told');
    await says('quanto costa la spedizione', 'it');
    await says('quando siete aperti?', 'it');
    await says('where is my order?');
    await says('blorp zzyx quux');
    await sara.locator('.change').nth(1).waitFor();
    ensure((await sara.locator('.change').first().locator('.reply').nth(1).innerText()).match(/5[.,]50/), 'the candidate price');
    ensure(!(await sara.content()).includes('ada@example.org'), 'addresses are masked');
    await shot(sara, 'wide');
  });
  await check('by keyboard: a decision says what it does before it can be done', async () => {
    await sara.locator('#decide-promote summary').focus();
    await sara.keyboard.press('Enter');
    const now = sara.locator('#decide-promote button');
    await now.waitFor();
    await sara.keyboard.press('Tab');
    ensure(await now.evaluate((button) => button === document.activeElement), 'the button comes next');
    await shot(sara, 'decide');
    await sara.keyboard.press('Shift+Tab');
    await sara.keyboard.press('Enter');
  });
  await check('broken files are told at their place, in both languages, until they are mended', async () => {
    files.break();
    await reloaded(sara, async () => await sara.locator('#refused').count() > 0);
    await sara.locator('#refused').getByText('bot.yaml:').first().waitFor();
    await shot(sara, 'refused');
    await sara.goto(`${house.url}/lang/it?back=/board`);
    await sara.getByText('Candidata rifiutata').waitFor();
    await sara.screenshot({ animations: 'disabled', path: `${output}/shadow-board.png` });
    files.mend();
    await sara.goto(`${house.url}/board/shadow`);
    await reloaded(sara, async () => await sara.locator('#refused').count() === 0);
  });
  await check('it fits a phone, also in the dark, without serious barriers', async () => {
    const page = await browser.open({ ...PHONE, colorScheme: 'dark' });
    await page.context().addCookies(await sara.context().cookies());
    await page.goto(`${house.url}/board/shadow`);
    await page.locator('.change').first().waitFor();
    const over = await page.overflow();
    await shot(page, 'phone-dark');
    ensure(over <= 0, `${over} px too wide`);
    for (const one of [page, sara]) {
      const found = await one.barriers();
      ensure(found.length === 0, found.join('\n'));
    }
    await page.clean();
  });
  await check('one supervisor promotes; the other, too late, is told who was faster', async () => {
    const other = await browser.open(DESK);
    await other.context().addCookies(await sara.context().cookies());
    await other.goto(`${house.url}/board/shadow`);
    await sara.goto(`${house.url}/board/shadow`);
    await sara.locator('#decide-promote summary').click();
    await sara.locator('#decide-promote button').click();
    await sara.locator('#shadow-history').waitFor();
    await other.locator('#decide-discard summary').click();
    await other.locator('#decide-discard button').click();
    await other.locator('#too-late').waitFor();
    await shot(other, 'too-late');
    ensure(/5[.,]50/.test(await says('how much is shipping?')), 'the promoted price is told');
    await other.clean();
    await sara.clean();
  });
}
