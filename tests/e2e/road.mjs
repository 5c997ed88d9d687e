// The whole road in two tabs: a question, a form, a person, a reply, a rating, the board.

import { check, ensure } from './stage.mjs';

const DESK = { viewport: { width: 1440, height: 900 } };

export async function theRoad(browser, house, output) {
  const shop = await browser.open({ viewport: { width: 1280, height: 800 } });
  const desk = await browser.open(DESK);
  const chat = shop.frameLocator('iframe');
  const write = async (words) => {
    await chat.locator('#text').fill(words);
    await chat.locator('#text').press('Enter');
  };
  const bot = (words) => chat.locator('#main').getByText(words).last().waitFor();

  await check('the shop opens its chat, and the bot says what it is', async () => {
    await shop.goto(house.url);
    await shop.getByRole('button', { name: 'Open the support chat' }).click();
    await bot('automated assistant');
    await bot('Privacy notice');
  });
  await check('a button and a question are answered', async () => {
    await chat.getByRole('button', { name: 'Delivery times' }).first().click();
    await bot(/working days/i);
    await write('how much is shipping?');
    await bot(/4[.,]90/);
  });
  await check('a form collects what the lookup needs and tells the order', async () => {
    await write('where is my order?');
    await bot(/order number/i);
    await write('AB123456');
    await bot(/e-?mail/i);
    await write('ada@example.com');
    await bot(/BRT/);
  });
  await check('a reload in the middle loses nothing and doubles nothing', async () => {
    const before = await chat.locator('#main .bubble:not(.dots)').count();
    await shop.reload();
    await bot(/BRT/);
    const after = await chat.locator('#main .bubble:not(.dots)').count();
    ensure(before === after, `${before} lines before, ${after} after`);
  });
  await check('a person is one tap away', async () => {
    await chat.locator('#person').click();
    await bot(/passed your request/);
    await shop.screenshot({ animations: 'disabled', path: `${output}/chat.png` });
  });
  await check('a wrong password is refused in words', async () => {
    await desk.goto(`${house.url}/login`);
    await desk.locator('input[type=email]').fill('anna@demo.example');
    await desk.locator('input[type=password]').fill('not the password');
    await desk.keyboard.press('Enter');
    await desk.getByRole('alert').waitFor();
  });
  await check('the agent goes online and takes the next ticket by keyboard', async () => {
    await desk.logIn(house.url, 'anna@demo.example', '/desk');
    await desk.getByRole('combobox', { name: /presence/i }).selectOption('online');
    const next = desk.locator('#next button');
    await desk.waitForFunction(() => !document.querySelector('#next button')?.disabled);
    await next.focus();
    await desk.keyboard.press('Enter');
    await desk.waitForURL('**/desk/tickets/**');
    const ticket = desk.locator('#ticket');
    await ticket.getByText('how much is shipping?').waitFor();
    await ticket.getByText(/BRT/).first().waitFor();
    await desk.getByText('AB123456').first().waitFor();
  });
  await check('what the agent writes reaches the customer live', async () => {
    await desk.locator('#reply-text').fill('Hello Ada, your parcel arrives today.');
    await desk.locator('#reply-text').press('Control+Enter');
    await bot('your parcel arrives today');
    await write('thank you, when exactly?');
    await desk.locator('#ticket').getByText('when exactly?').waitFor();
    await desk.screenshot({ animations: 'disabled', path: `${output}/desk.png` });
  });
  await check('a note stays inside', async () => {
    await desk.locator('label[for=mode-note]').click();
    await desk.locator('#note-text').fill('Courier called.');
    await desk.locator('#note-text').press('Control+Enter');
    await desk.locator('#ticket').getByText('Courier called.').waitFor();
    const seen = await chat.locator('#main').getByText('Courier called.').count();
    ensure(seen === 0, 'the customer saw a note');
  });
  await check('a clock explains itself, and stays unfolded when the page changes', async () => {
    const why = desk.locator('#side .clock-why').first();
    await why.locator('summary').click();
    await why.locator('table.working').waitFor();
    const found = await desk.barriers();
    ensure(found.length === 0, found.join('\n'));
    await write('are you there?');
    await desk.locator('#ticket').getByText('are you there?').waitFor();
    ensure(await why.evaluate((details) => details.open), 'it was folded again');
    await why.locator('summary').click();
  });
  await check('a ticket is put aside and taken up again from its menu', async () => {
    await desk.locator('#more > summary').click();
    const found = await desk.barriers();
    ensure(found.length === 0, found.join('\n'));
    await desk.locator('#more button[value=hour]').click();
    await desk.locator('#ticket-head .status-snoozed').waitFor();
    await desk.locator('#ticket-head time').waitFor();
    await desk.locator('#more > summary').click();
    await desk.locator('#to-open').click();
    await desk.locator('#ticket-head .status-open').waitFor();
  });
  await check('resolved, the customer rates with stars and a word', async () => {
    await desk.getByRole('button', { name: 'Resolve' }).click();
    const stars = chat.locator('.rating input');
    await stars.first().waitFor({ state: 'attached' });
    ensure(await stars.count() === 5, `${await stars.count()} stars`);
    await chat.locator('.rating label').nth(4).click();
    await chat.locator('form:has(.rating) button').click();
    await bot(/add a word/);
    await write('quick and kind');
    await bot(/opinion/);
    await shop.screenshot({ animations: 'disabled', path: `${output}/chat-rated.png` });
  });
  await check('the board shows it', async () => {
    const board = await browser.open(DESK);
    await board.logIn(house.url, 'sara@demo.example', '/board');
    await board.locator('#figure-csat .figure-value').getByText('100').waitFor();
    ensure(/\b0\b/.test(await board.locator('#figure-waiting .figure-value').innerText()), 'waiting');
    await board.screenshot({ animations: 'disabled', path: `${output}/board.png` });
    await board.locator('#figure-csat').click();
    await board.waitForURL('**/board/tickets?of=csat');
    await board.locator('.rows li').first().waitFor();
    await board.clean();
  });
  await check('no page of the road told an error', async () => {
    await shop.clean();
    await desk.clean();
  });
}
