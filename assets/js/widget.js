// Puts the chat on a page: docs/channels.md, "Web chat". It is served without comments and indents, and
// stays under 5,000 bytes so.
(() => {
  const queue = window.Sportello;
  if (queue?.open) return;
  const tag = document.currentScript, set = tag.dataset, base = new URL(tag.src).origin;
  const lang = set.language || document.documentElement.lang || 'it';
  const say = { open: /^it/i.test(lang) ? 'Apra la chat di assistenza' : 'Open the support chat' };
  const colour = /^#[\da-f]{6}$/i.test(set.colour) ? set.colour : '';
  // What stands on the colour is black or white, by its lightness.
  const style = `:host{all:initial;--a:#0f6b62;--p:#f4f6f4}
@media (prefers-color-scheme:dark){:host{--a:#5cc4b4;--p:#101615}}
${colour && `:host{--a:${colour}}`}
button,iframe{position:fixed;${set.position === 'left' ? 'left' : 'right'}:20px;z-index:2147483000;box-shadow:0 8px 28px #10201c4d}
button{bottom:20px;width:56px;height:56px;padding:0;border:0;border-radius:50%;color:oklch(from var(--a) calc((.57 - l)*999) 0 0);background:var(--a);cursor:pointer}
button:focus-visible{outline:3px solid var(--a);outline-offset:3px}
svg{width:26px;fill:none;stroke:currentColor;stroke-width:1.6}
.x,[aria-expanded=true] .o,[hidden]{display:none}
[aria-expanded=true] .x{display:inline}
b{position:absolute;right:-2px;top:-2px;min-width:10px;padding:0 5px;border-radius:9px;color:#fff;background:#b3261e;font:600 12px/20px system-ui}
iframe{bottom:88px;width:min(380px,100vw - 40px);height:min(600px,100dvh - 108px);border:0;border-radius:16px;background:var(--p);color-scheme:light dark}
@media (max-width:480px),(max-height:420px){iframe{inset:0;width:100%;height:100%;border-radius:0}[aria-expanded=true]{display:none}}`;

  const hear = addEventListener;
  const host = document.createElement('div'), root = host.attachShadow({ mode: 'open' }), sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];
  root.innerHTML = '<button><svg viewBox="0 0 20 20" aria-hidden=true><path class=o d="M3 4.5h14v9.5H9l-4 3v-3H3z"/><path class=x d="m5 5 10 10M15 5 5 15"/></svg><b></b></button>';
  const [button] = root.children, badge = button.lastChild;
  button.hidden = set.launcher === 'hidden';

  // What this site keeps for its visitor: the secret that opens the thread, what the shop signed, and what
  // the frame asks to keep, since its own storage is a third party's. Where storage is forbidden, it lives
  // as long as the page.
  let kept = {}, asked = [], ears = {}, unread = 0, frame, ready, back;
  const read = () => { try { kept = JSON.parse(localStorage.sportello); } catch {} };
  const keep = (more) => {
    kept = { ...kept, ...more };
    try { localStorage.sportello = JSON.stringify(kept); } catch {}
  };
  const secret = () => crypto.getRandomValues(new Uint32Array(5)).join('-');

  const shown = () => !!frame && !frame.hidden;
  const tell = (sportello, more) => ready && frame.contentWindow.postMessage({ sportello, ...more }, base);
  const emit = (name, value) => ears[name]?.map((ear) => ear(value));
  const draw = () => {
    button.ariaExpanded = shown();
    button.ariaLabel = shown() ? say.close : unread ? `${say.open} (${say.unread.replace('{n}', unread)})` : say.open;
    badge.hidden = !unread;
    badge.textContent = unread > 9 ? '9+' : unread;
  };
  const count = (n) => { if (n !== unread) { unread = n; draw(); emit('unread', n); } };
  const start = () => tell('start', { ...kept, colour, title: set.title });
  const load = () => {
    if (!kept.key) keep({ key: secret() });
    frame = document.createElement('iframe');
    frame.title = set.title || 'Chat';
    frame.src = `${base}/chat/frame?${new URLSearchParams({ site: location.origin, lang })}`;
    frame.hidden = kept.known < 2 || innerWidth < 481;
    root.prepend(frame);
    setTimeout(() => ready || console.warn('Sportello: is it in channels.webchat.origins?'), 9000);
  };
  const flush = () => {
    tell(shown() ? 'opened' : 'closed', { focus: !!back });
    while (ready && asked.length) tell('ask', { text: asked.shift() });
  };
  const open = (text) => {
    if (!shown()) back = document.activeElement;
    if (!frame) load();
    frame.hidden = false;
    keep({ known: 2 });
    if (text) asked.push(text);
    count(0);
    draw();
    frame.focus();
    flush();
  };
  const close = () => {
    if (!shown()) return;
    frame.hidden = true;
    keep({ known: 1 });
    draw();
    flush();
    (button.hidden ? back : button).focus();
  };
  hear('message', ({ origin, source, data }) => {
    if (origin !== base || source !== frame?.contentWindow) return;
    const { sportello: what, texts, text } = data;
    // A tab that fell behind writes over nothing.
    read();
    keep(data.keep);
    if (what === 'hello') { ready = 1; Object.assign(say, texts); draw(); start(); flush(); }
    if (what === 'close') close();
    if (what === 'unread' && !shown()) count(data.count);
    if (text) { console.warn('Sportello:', text); emit('problem', text); }
  });
  // A page out of the back/forward cache heard nothing meanwhile.
  for (const name of ['storage', 'pageshow']) hear(name, () => { read(); start(); });
  hear('keydown', ({ key }) => key === 'Escape' && close());
  button.onclick = () => (shown() ? close() : open());

  const api = window.Sportello = {
    open, close, ask: open,
    identify: (token) => { keep({ token }); start(); },
    logout: () => { kept = { key: secret() }; keep(); start(); count(0); },
    on: (name, ear) => (ears[name] ||= []).push(ear),
    push: (...calls) => calls.map(([name, ...rest]) => api[name](...rest)),
  };
  const begin = () => {
    document.body.append(host);
    read();
    if (kept.known) load();
    draw();
    api.push(...(queue || []));
  };
  if (document.body) begin();
  else hear('DOMContentLoaded', begin);
})();
