// Puts the chat on a page: <script src="https://…/widget.js" defer></script>
// Then: Sportello.open(), Sportello.open('a question'), Sportello.close().
(() => {
  if (window.Sportello) return;
  const base = new URL(document.currentScript.src).origin;
  const italian = !(document.documentElement.lang || 'it').startsWith('en');
  const say = italian
    ? { open: 'Apra la chat di assistenza', close: 'Chiuda la chat', unread: 'non letti', title: 'Chat di assistenza' }
    : { open: 'Open the support chat', close: 'Close the chat', unread: 'unread', title: 'Support chat' };
  const KEY = 'sportello-widget';
  const STYLE = `
    :host { all: initial; --accent: #0f6b62; --on: #fff; --edge: #d6ddd9; }
    button { position: fixed; right: 20px; bottom: 20px; z-index: 2147483000; width: 56px; height: 56px; padding: 0;
      border: 0; border-radius: 50%; color: var(--on); background: var(--accent); cursor: pointer;
      box-shadow: 0 8px 28px rgb(16 32 28 / .28); }
    button:hover { filter: brightness(1.1); }
    button:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
    svg { width: 26px; height: 26px; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
    .x { display: none; }
    [aria-expanded=true] .x { display: inline; }
    [aria-expanded=true] .o, [hidden] { display: none; }
    b { position: absolute; right: -2px; top: -2px; min-width: 20px; padding: 0 5px; box-sizing: border-box; border-radius: 10px;
      color: #fff; background: #b3261e; font: 600 12px/20px system-ui, sans-serif; text-align: center; }
    iframe { position: fixed; right: 20px; bottom: 88px; z-index: 2147483000; width: 380px; height: min(600px, calc(100dvh - 108px));
      border: 1px solid var(--edge); border-radius: 16px; background: #f4f6f4; color-scheme: light dark;
      box-shadow: 0 8px 28px rgb(16 32 28 / .24); }
    @media (prefers-color-scheme: dark) {
      :host { --accent: #5cc4b4; --on: #06201c; --edge: #2b3836; }
      iframe { background: #101615; }
    }
    @media (max-width: 480px) {
      iframe { inset: 0; width: 100%; height: 100%; border: 0; border-radius: 0; }
      [aria-expanded=true] { display: none; }
    }
    @media (prefers-reduced-motion: no-preference) {
      iframe:not([hidden]) { animation: up .15s ease-out; }
      @keyframes up { from { transform: translateY(12px); opacity: 0; } }
    }`;

  const host = document.createElement('div');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  root.innerHTML = `<button type="button" aria-expanded="false"><svg viewBox="0 0 20 20" aria-hidden="true">
    <path class="o" d="M3 4.5h14v9.5H9l-4 3v-3H3z"/><path class="x" d="m5 5 10 10M15 5 5 15"/></svg><b hidden></b></button>`;
  const button = root.querySelector('button');
  const badge = root.querySelector('b');
  let frame, asked = [], ready = false, unread = 0;

  const tell = (message) => frame.contentWindow.postMessage({ sportello: message }, base);
  const shown = () => frame && !frame.hidden;
  const remember = (state) => {
    try { sessionStorage.setItem(KEY, state); } catch { /* the page forbids storage */ }
  };
  const draw = () => {
    const text = unread ? `${say.open} (${unread} ${say.unread})` : say.open;
    button.setAttribute('aria-expanded', String(Boolean(shown())));
    button.setAttribute('aria-label', shown() ? say.close : text);
    badge.hidden = !unread;
    badge.textContent = unread > 9 ? '9+' : unread;
  };
  const load = () => {
    frame = document.createElement('iframe');
    frame.title = say.title;
    frame.hidden = true;
    frame.src = `${base}/chat/frame`;
    root.prepend(frame);
  };
  const flush = () => {
    if (!ready) return;
    tell(shown() ? 'opened' : 'closed');
    for (const text of asked.splice(0)) frame.contentWindow.postMessage({ sportello: 'ask', text }, base);
  };
  const open = (text) => {
    if (!frame) load();
    frame.hidden = false;
    unread = 0;
    remember('open');
    if (text) asked.push(String(text));
    draw();
    frame.focus();
    flush();
  };
  const close = () => {
    if (!shown()) return;
    frame.hidden = true;
    remember('known');
    draw();
    flush();
    button.focus();
  };

  addEventListener('message', (event) => {
    if (!frame || event.origin !== base || event.source !== frame.contentWindow) return;
    const { sportello, count } = event.data ?? {};
    if (sportello === 'ready') { ready = true; flush(); }
    if (sportello === 'close') close();
    if (sportello === 'unread' && !shown()) { unread = Number(count) || 0; draw(); }
  });
  addEventListener('keydown', (event) => { if (event.key === 'Escape') close(); });
  button.addEventListener('click', () => (shown() ? close() : open()));

  window.Sportello = { open, close };
  draw();
  const start = () => {
    document.body.append(host);
    let state;
    try { state = sessionStorage.getItem(KEY); } catch { /* as above */ }
    if (state === 'open' && innerWidth > 480) { load(); frame.hidden = false; draw(); }
    else if (state) load();
  };
  if (document.body) start();
  else addEventListener('DOMContentLoaded', start);
})();
