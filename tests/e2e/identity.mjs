// One customer on two channels: linked by hand, read, unlinked, at the desk, in light and dark.

import { check, ensure } from './stage.mjs';

const DESK = { viewport: { width: 1440, height: 1000 } };

async function aCustomer(browser, house) {
  const page = await browser.open({ viewport: { width: 480, height: 800 } });
  await page.goto(`${house.url}/chat/frame`);
  await page.locator('#main').getByText('automated assistant').waitFor();
  await page.locator('#person').click();
  await page.locator('#main').getByText(/passed your request/).last().waitFor();
  return page;
}

export async function theIdentity(browser, house, output) {
  const customers = [await aCustomer(browser, house), await aCustomer(browser, house)];
  const sara = await browser.open(DESK);
  await sara.logIn(house.url, 'sara@demo.example', '/desk');
  const waiting = await sara.evaluate(() => fetch('/api/v1/tickets?status=new').then((answer) => answer.json()));
  const [second, first] = waiting;
  const card = sara.locator('.identity');

  await check('two contacts are linked by hand, with a reason, and the desk says so', async () => {
    await sara.goto(`${house.url}/desk/tickets/${first.id}`);
    await card.getByText('Not verified').waitFor();
    await card.getByText('Link with another contact').click();
    await card.locator('input[name=text]').fill(second.code.toLowerCase());
    await card.locator('details.link input[name=note]').fill('They called and named both chats');
    await card.getByRole('button', { name: 'Link', exact: true }).click();
    await card.getByText('Linked by hand').first().waitFor();
    ensure(await card.locator('.contacts > li').count() === 2, 'two contacts');
    ensure(await card.getByText('They called and named both chats').count() > 0, 'the reason is told');
    const other = sara.locator(`.earlier a[href$="${second.id}"]`);
    ensure(await other.count() === 1, 'one history');
    const found = await sara.barriers();
    ensure(found.length === 0, found.join('\n'));
    await sara.screenshot({ animations: 'disabled', path: `${output}/identity.png` });
    const dark = await browser.open({ ...DESK, colorScheme: 'dark' });
    await dark.logIn(house.url, 'sara@demo.example', `/desk/tickets/${first.id}`);
    await dark.goto(`${house.url}/lang/it?back=%2Fdesk%2Ftickets%2F${first.id}`);
    await dark.locator('.identity').getByText('Collegato a mano').first().waitFor();
    const inDark = await dark.barriers();
    ensure(inDark.length === 0, inDark.join('\n'));
    await dark.screenshot({ animations: 'disabled', path: `${output}/identity-dark.png` });
    await dark.clean();
  });

  await check('the other conversation can be read, and the way back is there', async () => {
    await card.getByText('Read the conversation').click();
    await sara.getByText('For reading: answers are written in the ticket.').waitFor();
    ensure(await sara.locator('#thread .line').count() > 1, 'its lines are shown');
    const found = await sara.barriers();
    ensure(found.length === 0, found.join('\n'));
    await sara.screenshot({ animations: 'disabled', path: `${output}/identity-thread.png` });
    await sara.locator(`.side .earlier a[href$="${first.id}"]`).click();
    await sara.locator(`#ticket[data-ticket="${first.id}"]`).waitFor();
  });

  await check('unlinking and linking again are a reason away', async () => {
    await card.getByText('Unlink…').first().click();
    await card.locator('details[data-key^=unlink] input[name=note]').first().fill('Two people after all');
    await card.getByRole('button', { name: 'Unlink', exact: true }).first().click();
    await card.getByText('Not verified').waitFor();
    ensure(await card.locator('.contacts > li').count() === 1, 'one contact');
    await card.getByText('Link again…').click();
    await card.locator('details[data-key^=again] input[name=note]').fill('No, one');
    await card.getByRole('button', { name: 'Link again', exact: true }).click();
    await card.getByText('Linked by hand').first().waitFor();
  });

  await check('two tickets of one customer become one', async () => {
    await sara.locator('#more > summary').click();
    await sara.locator('#merge-to').selectOption(second.id);
    await sara.screenshot({ animations: 'disabled', path: `${output}/identity-merge.png` });
    await sara.getByRole('button', { name: 'Merge', exact: true }).click();
    await sara.locator(`#ticket[data-ticket="${second.id}"]`).waitFor();
  });

  await sara.clean();
  for (const page of customers) await page.clean();
}
