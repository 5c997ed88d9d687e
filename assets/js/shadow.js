// The shadow run: counts and list follow the house while the latest are shown.

import { calmly, freshen, listen, part, show } from './live.js';

const asked = new URLSearchParams(location.search);

const refresh = calmly(async () => {
  if (document.hidden || asked.has('before') || !document.getElementById('shadow-live')) return;
  const html = await part(`/board/shadow/live?kind=${encodeURIComponent(asked.get('kind') ?? '')}`, 'shadow-live');
  if (html) show(html);
}, 2000);

listen('/board/events', refresh, refresh);
setInterval(refresh, 5_000);
document.addEventListener('visibilitychange', refresh);
freshen();
