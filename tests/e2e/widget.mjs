// The widget on a customer's own site, as its customers use it: two tabs, reloads, a lost network, files,
// identities, languages, and without a mouse.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, ensure, serve } from './stage.mjs';
import { SECRET, sign, site } from './elsewhere.mjs';
import { ARABIC } from './arabic.mjs';
import { theEyes } from './widget-eyes.mjs';
import { DESKTOP, chatOf } from './widget-stage.mjs';

export async function theWidget(browser, output) {
  const folder = mkdtempSync(join(tmpdir(), 'sportello-widget-'));
  writeFileSync(join(folder, 'words.yaml'), JSON.stringify({ ar: ARABIC }));
  let house;
  const shop = await site(() => house.url);
  house = await serve(['--no-traffic'], {
    CHANNELS__WEBCHAT__ORIGINS: shop.url,
    CHANNELS__WEBCHAT__IDENTITY_SECRET: SECRET,
    CHANNELS__WEBCHAT__TEXTS_FILE: join(folder, 'words.yaml'),
    FILES__MAX_MEGABYTES: '1',
  });
  const asking = await serve(['--no-traffic'], { CHANNELS__WEBCHAT__FORM: 'name!,email' });
  try {
    await theOrigins(browser, house, shop, output);
    await theTabs(browser, house, shop);
    await theCustomer(browser, house, shop);
    await theUnread(browser, house, shop, output);
    await theFiles(browser, shop, output);
    await theForm(browser, asking, output);
    await theEyes(browser, shop, output);
  } finally {
    await asking.stop();
    await house.stop();
    await shop.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function theOrigins(browser, house, shop, output) {
  await check('widget: a page of another origin talks with the bot', async () => {
    const page = await browser.open(DESKTOP);
    await page.goto(shop.url);
    const chat = chatOf(page);
    await chat.open();
    await chat.hears('automated assistant');
    await chat.write('how much is shipping?');
    await chat.hears(/4[.,]90/);
    const cookies = await page.context().cookies();
    ensure(cookies.length === 0, `no cookie is set: ${JSON.stringify(cookies)}`);
    await page.screenshot({ animations: 'disabled', path: `${output}/widget-elsewhere.png` });
    await page.clean();
  });
  await check('widget: an origin that is not on the list is refused by the browser', async () => {
    const other = await site(() => house.url);
    const page = await browser.open(DESKTOP);
    const told = [];
    page.on('console', (message) => told.push(message.text()));
    await page.goto(other.url);
    await page.locator('button[aria-expanded]').click();
    await page.waitForFunction(() => document.readyState === 'complete');
    while (!told.some((text) => /frame-ancestors/.test(text))) await page.waitForEvent('console');
    ensure(await page.frameLocator('iframe[src]').locator('#composer').count() === 0, 'the chat is shown');
    await page.context().close();
    await other.stop();
  });
  await check('widget: messages of other windows are not taken', async () => {
    const page = await browser.open(DESKTOP);
    await page.goto(shop.url);
    const chat = chatOf(page);
    await chat.open();
    await chat.hears('automated assistant');
    await page.evaluate(() => {
      postMessage({ sportello: 'close' }, '*');
      const child = document.createElement('iframe');
      document.body.append(child);
      child.contentWindow.eval?.("parent.postMessage({ sportello: 'close' }, '*'); parent.frames[0].postMessage({ sportello: 'ask', text: 'forged' }, '*')");
    }).catch(() => {});
    await chat.write('how much is shipping?');
    await chat.hears(/4[.,]90/);
    ensure(await chat.times('forged') === 0, 'a forged question was asked');
    ensure(await page.locator('button[aria-expanded=true]').count() === 1, 'it was closed by another window');
    await page.context().close();
  });
  await check('widget: calls before it is loaded are kept, and its settings hold', async () => {
    const page = await browser.open(DESKTOP);
    await page.addInitScript(() => { (window.Sportello = window.Sportello || []).push(['open', 'how much is shipping?']); });
    await page.goto(`${shop.url}/?language=it&position=left&launcher=hidden&colour=%23b5179e&title=Bottega%20Ada`);
    const chat = chatOf(page);
    await chat.hears(/4[.,]90/);
    await chat.getByRole('heading', { name: 'Bottega Ada' }).waitFor();
    const [frame, button] = [await page.locator('iframe').boundingBox(), page.locator('button[aria-expanded]')];
    ensure(frame.x < 100, `it stands at ${frame.x}`);
    ensure(!(await button.isVisible()), 'the launcher is shown');
    await page.screenshot({ animations: 'disabled', path: `${output}/widget-colour.png` });
    await page.evaluate(() => window.Sportello.close());
    await page.locator('iframe').waitFor({ state: 'hidden' });
    await page.clean();
  });
}

async function theTabs(browser, house, shop) {
  await check('widget: two tabs show the same lines, once each', async () => {
    const one = await browser.open(DESKTOP);
    await one.goto(shop.url);
    const first = chatOf(one);
    await first.open();
    await first.hears('automated assistant');
    const two = await one.context().newPage();
    await two.goto(shop.url);
    const second = chatOf(two);
    await second.open();
    await second.hears('automated assistant');
    await first.write('how much is shipping?');
    await second.hears(/4[.,]90/);
    await second.write('what are your opening hours?');
    await first.shows('what are your opening hours?');
    const lines = (chat) => chat.locator('#main .bubble:not(.dots) p').allInnerTexts();
    await first.hears(/19:00|hours|Monday/i);
    await two.reload();
    await second.shows('what are your opening hours?');
    await second.hears(/19:00|hours|Monday/i);
    const [a, b] = [await lines(first), await lines(second)];
    ensure(JSON.stringify(a) === JSON.stringify(b), `${a.join(' / ')}\n${b.join(' / ')}`);
    ensure(await first.times('how much is shipping?') === 1, 'a line is doubled');
    await one.clean();
  });
  await check('widget: a reload in the middle of a form loses nothing', async () => {
    const page = await browser.open(DESKTOP);
    await page.goto(shop.url);
    const chat = chatOf(page);
    await chat.open();
    await chat.hears('automated assistant');
    await chat.write('where is my order?');
    await chat.hears(/order number/i);
    await chat.locator('#text').fill('AB123456');
    await page.reload();
    await chat.open();
    await chat.hears(/order number/i);
    await chat.holds('text', 'AB123456');
    await chat.locator('#text').press('Enter');
    await chat.hears(/e-?mail/i);
    await chat.write('ada@example.com');
    await chat.hears(/BRT/);
    ensure(await chat.times('AB123456') === 1, 'the number was said twice');
    await page.clean();
  });
  await check('widget: the network is lost and comes back, in two tabs', async () => {
    const page = await browser.open(DESKTOP);
    await page.goto(shop.url);
    const chat = chatOf(page);
    await chat.open();
    await chat.hears('automated assistant');
    const other = await page.context().newPage();
    await other.goto(shop.url);
    const beside = chatOf(other);
    await beside.open();
    await beside.hears('automated assistant');
    await page.context().setOffline(true);
    await chat.locator('#offline').waitFor();
    await chat.write('how much is shipping?');
    await chat.getByText('Will be sent when the network is back').waitFor();
    await beside.locator('.unsent').getByText('how much is shipping?').waitFor();
    await page.context().setOffline(false);
    await chat.hears(/4[.,]90/);
    await chat.locator('#offline').waitFor({ state: 'hidden' });
    await beside.hears(/4[.,]90/);
    for (const tab of [chat, beside]) {
      ensure(await tab.times('how much is shipping?') === 1, 'it is shown twice');
      ensure(await tab.locator('.unsent').count() === 0, 'it still waits');
    }
    await page.context().close();
  });
  await check('widget: a transcript is taken along', async () => {
    const page = await browser.open({ ...DESKTOP, acceptDownloads: true });
    await page.goto(shop.url);
    const chat = chatOf(page);
    await chat.open();
    await chat.write('how much is shipping?');
    await chat.hears(/4[.,]90/);
    await chat.locator('#more summary').click();
    const [file] = await Promise.all([page.waitForEvent('download'), chat.getByRole('button', { name: 'As text' }).click()]);
    const { readFileSync } = await import('node:fs');
    const said = readFileSync(await file.path(), 'utf8');
    ensure(/how much is shipping\?/.test(said) && /4[.,]90/.test(said), said);
    ensure(file.suggestedFilename().endsWith('.txt'), file.suggestedFilename());
    await page.clean();
  });
}

async function theCustomer(browser, house, shop) {
  const identify = (page, token) => page.evaluate((signed) => window.Sportello.identify(signed), token);
  await check('widget: a signed customer goes on in another browser, and leaves with logout', async () => {
    const id = `c-${Date.now()}`;
    const home = await browser.open(DESKTOP);
    await home.goto(shop.url);
    const chat = chatOf(home);
    await chat.open();
    await chat.hears('automated assistant');
    await chat.write('how much is shipping?');
    await chat.hears(/4[.,]90/);
    await identify(home, sign({ id, name: 'Ada Neri' }));
    await chat.shows('how much is shipping?');
    const work = await browser.open(DESKTOP);
    await work.goto(shop.url);
    const there = chatOf(work);
    await there.open();
    await there.hears('automated assistant');
    ensure(await there.times('how much is shipping?') === 0, 'a stranger reads it');
    await identify(work, sign({ id }));
    await there.shows('how much is shipping?');
    await there.write('what are your opening hours?');
    await chat.shows('what are your opening hours?');
    await work.evaluate(() => window.Sportello.logout());
    await there.hears('automated assistant');
    ensure(await there.times('what are your opening hours?') === 0, 'it is read after the logout');
    await work.reload();
    await there.open();
    await there.hears('automated assistant');
    ensure(await there.times('what are your opening hours?') === 0, 'it is read after the logout');
    await home.clean();
    await work.clean();
  });
  for (const [name, token, words] of [
    ['expired', () => sign({ id: '7' }, { seconds: -5 }), /expired/],
    ['forged', () => sign({ id: '7' }, { secret: 'another secret of at least 32 chars' }), /signature is wrong/],
    ['plain', () => JSON.stringify({ id: '7' }), /not a JWT/],
  ]) {
    await check(`widget: an identity that is ${name} is told in the console, and the chat goes on`, async () => {
      const page = await browser.open(DESKTOP);
      await page.goto(shop.url);
      const chat = chatOf(page);
      await chat.open();
      await chat.hears('automated assistant');
      const [told] = await Promise.all([
        page.waitForEvent('console', { predicate: (message) => words.test(message.text()) }),
        identify(page, token()),
      ]);
      ensure(told.type() === 'warning', told.type());
      await chat.write('how much is shipping?');
      await chat.hears(/4[.,]90/);
      await page.clean();
    });
  }
}

async function theUnread(browser, house, shop, output) {
  await check('widget: what comes while it is closed is counted, also after a reload', async () => {
    const page = await browser.open(DESKTOP);
    await page.goto(shop.url);
    await page.evaluate(() => { window.counts = []; window.Sportello.on('unread', (n) => window.counts.push(n)); });
    const chat = chatOf(page);
    await chat.open();
    await chat.hears('automated assistant');
    await chat.locator('#person').click();
    await chat.hears(/passed your request/);
    await chat.locator('#close').click();
    const desk = await browser.open({ viewport: { width: 1440, height: 900 } });
    await desk.logIn(house.url, 'anna@demo.example', '/desk');
    await desk.getByRole('combobox', { name: /presence/i }).selectOption('online');
    await desk.waitForFunction(() => !document.querySelector('#next button')?.disabled);
    await desk.locator('#next button').click();
    await desk.waitForURL('**/desk/tickets/**');
    await desk.locator('#reply-text').fill('Good morning, this is Anna.');
    await desk.locator('#reply-text').press('Control+Enter');
    const badge = page.locator('button[aria-expanded] b');
    await badge.waitFor();
    const name = await page.locator('button[aria-expanded]').getAttribute('aria-label');
    ensure(/unread/.test(name), name);
    await page.screenshot({ animations: 'disabled', path: `${output}/widget-unread.png` });
    await page.reload();
    await badge.waitFor();
    await chat.open();
    await chat.hears('this is Anna');
    await badge.waitFor({ state: 'hidden' });
    await chat.getByText('You are talking to').waitFor();
    await desk.clean();
    await page.clean();
  });
}

async function theFiles(browser, shop, output) {
  await check('widget: files by button, drop and paste; one that is not taken says why', async () => {
    const page = await browser.open(DESKTOP);
    await page.goto(shop.url);
    const chat = chatOf(page);
    await chat.open();
    await chat.hears('automated assistant');
    const alert = chat.locator('#wrong[role=alert]');
    await chat.locator('#file').setInputFiles({ name: 'run.png', mimeType: 'image/png', buffer: Buffer.from('MZ\x90\x00 not a picture') });
    await alert.getByText(/run\.png cannot be sent.*cannot be sent/).waitFor();
    await chat.locator('#file').setInputFiles({ name: 'big.txt', mimeType: 'text/plain', buffer: Buffer.alloc(3 << 20, 'a ') });
    await alert.getByText(/big\.txt cannot be sent.*at most 1 MB/).waitFor();
    ensure(await chat.locator('#main .bubble.you').count() === 0, 'a refused file stays in the conversation');
    const picture = await page.screenshot({ clip: { x: 0, y: 0, width: 240, height: 120 } });
    await chat.locator('#file').setInputFiles({ name: 'vase à fleurs.png', mimeType: 'image/png', buffer: picture });
    await chat.locator('#main .bubble.you img[alt="vase à fleurs.png"]').waitFor();
    ensure(await alert.innerText() === '', 'the old problem still stands');
    await chat.inside().evaluate(() => {
      const dropped = new DataTransfer();
      dropped.items.add(new File(['the invoice'], 'dropped.txt', { type: 'text/plain' }));
      for (const type of ['dragover', 'drop']) dispatchEvent(new DragEvent(type, { dataTransfer: dropped, cancelable: true }));
      const pasted = new DataTransfer();
      pasted.items.add(new File(['the receipt'], 'pasted.txt', { type: 'text/plain' }));
      dispatchEvent(new ClipboardEvent('paste', { clipboardData: pasted, cancelable: true }));
    });
    await chat.locator('button.attached').getByText('dropped.txt').waitFor();
    await chat.locator('button.attached').getByText('pasted.txt').waitFor();
    await page.screenshot({ animations: 'disabled', path: `${output}/widget-file.png` });
    const [file] = await Promise.all([page.waitForEvent('download'), chat.locator('button.attached').getByText('dropped.txt').click()]);
    const { readFileSync } = await import('node:fs');
    ensure(readFileSync(await file.path(), 'utf8') === 'the invoice', 'another file came back');
    await page.context().setOffline(true);
    await chat.locator('#offline').waitFor();
    await chat.locator('#file').setInputFiles({ name: 'later.txt', mimeType: 'text/plain', buffer: Buffer.from('later') });
    await chat.getByText('Will be sent when the network is back').waitFor();
    await page.context().setOffline(false);
    await chat.locator('button.attached').getByText('later.txt').waitFor();
    await page.reload();
    await chat.open();
    await chat.locator('#main .bubble.you img[alt="vase à fleurs.png"]').waitFor();
    ensure(await chat.locator('#main .attached').count() === 4, 'a file is doubled or lost');
    await page.context().close();
  });
}

async function theForm(browser, house, output) {
  await check('widget: the form before the chat asks once, and survives a reload', async () => {
    const page = await browser.open(DESKTOP);
    await page.goto(house.url);
    const chat = chatOf(page);
    await chat.open();
    await chat.getByRole('heading', { name: 'Before we begin' }).waitFor();
    await chat.getByLabel('Name').fill('Ada Neri');
    await page.screenshot({ animations: 'disabled', path: `${output}/widget-form.png` });
    await page.reload();
    await chat.open();
    await chat.getByLabel('Name').waitFor();
    await chat.holds('name', 'Ada Neri');
    await chat.getByLabel('E-mail').fill('ada@example.com');
    await chat.getByRole('button', { name: 'Begin' }).click();
    await chat.hears('automated assistant');
    await chat.locator('#person').click();
    await chat.hears(/passed your request/);
    await page.reload();
    await chat.open();
    await chat.hears(/passed your request/);
    ensure(!(await chat.locator('#form').isVisible()), 'it asks again');
    const desk = await browser.open({ viewport: { width: 1440, height: 900 } });
    await desk.logIn(house.url, 'anna@demo.example', '/desk?tab=waiting');
    await desk.locator('a[href^="/desk/tickets/"]').first().click();
    const side = desk.locator('#side');
    await side.getByText('ada@example.com').waitFor();
    await side.getByText('typed, not verified').first().waitFor();
    await desk.screenshot({ animations: 'disabled', path: `${output}/widget-form-desk.png` });
    await desk.clean();
    await page.clean();
  });
}
