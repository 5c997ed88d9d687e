// Push mode in two agents' browsers: a card appears, counts down, is declined, accepted and missed.

import { check, ensure } from './stage.mjs';

const DESK = { viewport: { width: 1440, height: 900 } };
/** How long an offer stands here, ms; the same as the house's setting. */
const STANDS = 12_000;

/** A customer who asks for a person; the page stays open, for nobody else reads the answer. */
async function aCustomer(browser, house) {
  const page = await browser.open({ viewport: { width: 480, height: 800 } });
  await page.goto(`${house.url}/chat/frame`);
  await page.locator('#main').getByText('automated assistant').waitFor();
  await page.locator('#person').click();
  await page.locator('#main').getByText(/passed your request/).last().waitFor();
  return page;
}

async function onDuty(browser, house, email, language) {
  const page = await browser.open(DESK);
  await page.logIn(house.url, email, '/desk');
  if (language === 'it') await page.goto(`${house.url}/lang/it?back=%2Fdesk`);
  await page.locator('.presence-form select').selectOption('online');
  await page.waitForFunction(() => document.querySelector('.presence-form select')?.value === 'online');
  return page;
}

const card = (page) => page.locator('#offers .offer');
const seconds = async (page) => {
  const [minutes, rest] = (await card(page).locator('.offer-top .due-text').innerText()).split(':').map(Number);
  return minutes * 60 + rest;
};

/** Whoever has the card now, then the other. */
async function whoHasIt(...pages) {
  const first = await Promise.any(pages.map(async (page) => {
    await card(page).waitFor();
    return page;
  }));
  return [first, ...pages.filter((page) => page !== first)];
}

export async function theOffers(browser, house, output) {
  const anna = await onDuty(browser, house, 'anna@demo.example', 'en');
  const sara = await onDuty(browser, house, 'sara@demo.example', 'it');
  const customers = [];

  await check('an offer appears without a reload and counts down', async () => {
    customers.push(await aCustomer(browser, house));
    await card(anna).waitFor();
    ensure(await card(anna).count() === 1 && await card(sara).count() === 0, 'one person is asked');
    const before = await seconds(anna);
    ensure(before > 0 && before * 1_000 <= STANDS, `${before} s at first`);
    await anna.waitForFunction(
      (least) => Number(document.querySelector('.offer-top .due-text')?.textContent.split(':')[1]) <= least,
      before - 2,
    );
    const found = await anna.barriers();
    ensure(found.length === 0, found.join('\n'));
    await anna.screenshot({ animations: 'disabled', path: `${output}/offer.png` });
  });
  await check('Alt R declines, and the next agent is asked, in Italian', async () => {
    await anna.keyboard.press('Alt+KeyR');
    await anna.getByText(/Declined/).waitFor();
    await card(anna).waitFor({ state: 'detached' });
    await card(sara).getByText('Richiesta per te').waitFor();
    await card(sara).getByRole('button', { name: 'Rifiuta' }).waitFor();
    const found = await sara.barriers();
    ensure(found.length === 0, found.join('\n'));
    await sara.emulateMedia({ colorScheme: 'dark' });
    await sara.screenshot({ animations: 'disabled', path: `${output}/offer-dark.png` });
    await sara.emulateMedia({ colorScheme: 'light' });
  });
  await check('Alt A accepts and opens the ticket', async () => {
    await sara.keyboard.press('Alt+KeyA');
    await sara.waitForURL('**/desk/tickets/**');
    await sara.locator('#ticket-head .status-open').waitFor();
    await card(sara).waitFor({ state: 'detached' });
  });
  await check('the ticket says why it went to whom it went to, in both languages', async () => {
    const why = sara.locator('#side details[data-key=decision]');
    await why.locator('summary').click();
    await why.getByText(/Sara Neri/).first().waitFor();
    const italian = await why.innerText();
    ensure(/rifiuto/.test(italian), italian);
    const found = await sara.barriers();
    ensure(found.length === 0, found.join('\n'));
    await sara.screenshot({ animations: 'disabled', path: `${output}/offer-why.png` });
    const back = encodeURIComponent(new URL(sara.url()).pathname);
    await sara.goto(`${house.url}/lang/en?back=${back}`);
    await why.locator('summary').click();
    const english = await why.innerText();
    ensure(/Sara Neri/.test(english) && /declined/.test(english), english);
    ensure(!/\{\w+\}|undefined|null/.test(italian + english), 'a placeholder was not filled');
    await sara.goto(`${house.url}/desk`);
  });
  await check('a missed offer disappears and goes to the other', async () => {
    customers.push(await aCustomer(browser, house));
    const [first, second] = await whoHasIt(anna, sara);
    await card(second).waitFor({ timeout: STANDS + 10_000 });
    await card(first).waitFor({ state: 'detached' });
    await card(second).getByRole('button', { name: 'Accept' }).click();
    await second.waitForURL('**/desk/tickets/**');
    await second.goto(`${house.url}/desk`);
  });
  await check('on a phone the card fits, and its buttons can be touched', async () => {
    for (const page of [anna, sara]) await page.setViewportSize({ width: 390, height: 844 });
    customers.push(await aCustomer(browser, house));
    const [first] = await whoHasIt(anna, sara);
    const over = await first.overflow();
    ensure(over <= 0, `${over} px too wide`);
    for (const button of await card(first).getByRole('button').all()) {
      const { height } = await button.boundingBox();
      ensure(height >= 32, `${height} px are too low for a thumb`);
    }
    await first.screenshot({ animations: 'disabled', path: `${output}/offer-phone.png` });
    await first.emulateMedia({ colorScheme: 'dark' });
    const found = await first.barriers();
    ensure(found.length === 0, found.join('\n'));
    await first.screenshot({ animations: 'disabled', path: `${output}/offer-phone-dark.png` });
  });
  await check('who misses twice in a row is set away and told so', async () => {
    const [first] = await whoHasIt(anna, sara);
    await Promise.any([anna, sara].map((page) => page.locator('.set-away').waitFor({ timeout: 4 * STANDS })));
    ensure(first !== undefined, 'a card was there');
  });
  await check('no page of the offers told an error', async () => {
    for (const page of [anna, sara, ...customers]) await page.clean();
  });
}
