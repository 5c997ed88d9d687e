// Lists and cards in the web chat: drawn, chosen with the mouse and the keyboard, in light and dark.

import { check, ensure } from './stage.mjs';

export async function theRich(browser, house, output) {
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.open({ viewport: { width: 400, height: 900 }, colorScheme });
    const write = async (words) => {
      await page.locator('#text').fill(words);
      await page.locator('#text').press('Enter');
    };
    const bot = (words) => page.locator('#main .bubble').getByText(words).last().waitFor();
    await check(`a list shows what each row leads to, and a row is pressed (${colorScheme})`, async () => {
      await page.goto(`${house.url}/chat/frame`);
      await bot('automated assistant');
      await write('what can you do?');
      await page.locator('.choices.list').getByText('The order number is enough').waitFor();
      const barriers = await page.barriers();
      ensure(barriers.length === 0, barriers.join('\n'));
      await page.screenshot({ animations: 'disabled', path: `${output}/chat-list-${colorScheme}.png` });
      await page.locator('.choices.list button', { hasText: 'Delivery costs' }).press('Enter');
      await bot(/4[.,]90/);
      ensure(await page.locator('.choices.list button:not(:disabled)').count() === 0, 'an answered list is still open');
    });
    await check(`cards stand side by side, lead to their page and answer (${colorScheme})`, async () => {
      await write('which product do you recommend as a present?');
      const cards = page.locator('.choices.cards .card');
      await cards.nth(2).waitFor();
      ensure(await cards.first().locator('a').getAttribute('href') === 'https://bottegaverdeacqua.example/bentrovata', 'no link');
      ensure(await page.overflow() <= 0, 'the cards make the page wider');
      const barriers = await page.barriers();
      ensure(barriers.length === 0, barriers.join('\n'));
      await page.screenshot({ animations: 'disabled', path: `${output}/chat-cards-${colorScheme}.png` });
      await cards.nth(1).getByRole('button').click();
      await bot(/INCI/);
    });
    await page.clean();
  }
}
