// The page around the chat. Messages go to the one origin that the house allows, and are taken from it
// alone.

import { words } from './bubble.js';

const site = document.documentElement.dataset.site || location.origin;
const named = ['open', 'close', 'title', 'unread'];

/** Whether there is a page around. */
export const framed = window.parent !== window;

/** Tells the page. */
export function tell(sportello, more) {
  if (framed) window.parent.postMessage({ sportello, ...more }, site);
}

/** Hears the page's words, by name, and says that the chat is there. */
export function listen(heard) {
  if (!framed) return;
  addEventListener('message', ({ source, origin, data }) => {
    if (source === window.parent && origin === site) heard[data?.sportello]?.(data);
  });
  const close = document.getElementById('close');
  close.hidden = false;
  close.addEventListener('click', () => tell('close'));
  addEventListener('keydown', (event) => { if (event.key === 'Escape' && !event.defaultPrevented) tell('close'); });
  tell('hello', { texts: Object.fromEntries(named.map((name) => [name, words[name]])) });
}

/** The page's own colour and title. */
export function dress({ colour, title }) {
  if (/^#[\da-f]{6}$/i.test(colour ?? '')) {
    document.documentElement.style.setProperty('--brand', colour);
    document.documentElement.style.setProperty('--on-brand', 'oklch(from var(--brand) calc((.57 - l) * 999) 0 0)');
  }
  if (title) document.getElementById('title').textContent = String(title).slice(0, 80);
}
