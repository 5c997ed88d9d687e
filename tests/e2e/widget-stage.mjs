// What tests do in the chat of a page.

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** The chat of a page, with what tests do in it. */
export function chatOf(page) {
  const frame = page.frameLocator('iframe[src*="/chat/frame"]');
  const chat = Object.assign(frame, {
    async open() {
      const launcher = page.locator('button[aria-expanded]');
      if (await launcher.getAttribute('aria-expanded') === 'false') await launcher.click();
      await frame.locator('#text:visible, #form:visible').first().waitFor();
      // The script is there, and what was said before is told.
      await frame.locator('#main[aria-live=polite]').waitFor({ state: 'attached' });
    },
    async write(words) {
      await frame.locator('#text').fill(words);
      await frame.locator('#text').press('Enter');
    },
    hears: (words) => frame.locator('#main .bubble:not(.you)').getByText(words).last().waitFor(),
    shows: (words) => frame.locator('#main').getByText(words).last().waitFor(),
    times: (words) => frame.locator('#main .bubble').getByText(words, { exact: true }).count(),
    /** The chat as a page of its own would be: for axe, which does not look into frames of other sites. */
    /** Waits until a field holds what it held. */
    holds: (id, value) => chat.inside().waitForFunction(([name, words]) => document.getElementsByName(name)[0]?.value === words || document.getElementById(name)?.value === words, [id, value]),
    inside: () => page.frames().find((one) => one.url().includes('/chat/frame')),
  });
  return chat;
}
