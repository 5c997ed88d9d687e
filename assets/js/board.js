// The board: its figures follow the house, at most once per second, and at least each 10 seconds.

import { calmly, freshen, listen, part, show } from './live.js';

const refresh = calmly(async () => {
  if (document.hidden) return;
  const html = await part('/board/figures', 'figures');
  if (html) show(html);
}, 1000);

listen('/board/events', refresh, refresh);
setInterval(refresh, 10_000);
document.addEventListener('visibilitychange', refresh);
freshen();
