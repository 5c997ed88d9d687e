// What every live page shares: its words, times that stay fresh, the stream of hints, notices.

import { parse, morph } from './morph.js';

const words = JSON.parse(document.getElementById('words')?.textContent || '{}');

/** A phrase of the page with its places filled. */
export function say(key, values = {}) {
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), words[key] ?? '');
}

/** Shows a notice, which is read aloud; `wrong` ones stay longer. */
export function toast(text, kind = '') {
  const box = document.getElementById('toasts');
  if (!box || !text) return;
  const note = document.createElement('p');
  note.className = `toast ${kind}`;
  note.textContent = text;
  box.append(note);
  while (box.children.length > 3) box.firstChild.remove();
  setTimeout(() => note.remove(), kind ? 9000 : 4000);
}

/* Times */

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const soon = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const exact = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });

/** A length of time in its largest units, as the server writes it. */
export function span(millis) {
  const part = Math.max(0, millis);
  const unit = (key, size, rest) => {
    const n = Math.floor(part / size), m = Math.floor((part % size) / (rest?.[1] ?? 1));
    return say(key, { n }) + (rest && m ? ` ${say(rest[0], { n: m })}` : '');
  };
  if (part >= DAY) return unit('days', DAY, ['hours', HOUR]);
  if (part >= HOUR) return unit('hours', HOUR, ['minutes', MINUTE]);
  return part >= MINUTE ? unit('minutes', MINUTE) : unit('seconds', SECOND);
}

/** How long ago, in one unit. */
function ago(millis) {
  if (millis < MINUTE) return say('now');
  const size = millis >= DAY ? DAY : millis >= HOUR ? HOUR : MINUTE;
  return span(millis - (millis % size));
}

/** Minutes and seconds below an hour, larger units above. */
function countdown(millis) {
  const two = (n) => String(n).padStart(2, '0');
  const days = Math.floor(millis / DAY), hours = Math.floor((millis % DAY) / HOUR);
  const minutes = Math.floor((millis % HOUR) / MINUTE), seconds = Math.floor((millis % MINUTE) / SECOND);
  if (days) return `${days} d ${hours} h`;
  return hours ? `${hours} h ${two(minutes)}` : `${minutes}:${two(seconds)}`;
}

function set(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

/** Brings the times inside `root` up to this second, in the reader's own time zone. */
export function freshen(root = document) {
  const now = Date.now();
  for (const time of root.querySelectorAll('time[data-ago]')) set(time, ago(now - Number(time.dataset.ago)));
  for (const time of root.querySelectorAll('time[data-hour]')) set(time, clock.format(Number(time.dataset.hour)));
  for (const time of root.querySelectorAll('time[data-exact]')) set(time, exact.format(Number(time.dataset.exact)));
  for (const time of root.querySelectorAll('time[data-until]')) set(time, soon.format(Number(time.dataset.until)));
  for (const time of root.querySelectorAll('time[data-ago], time[data-hour], time[data-until]')) {
    const title = exact.format(Number(time.dataset.ago ?? time.dataset.hour ?? time.dataset.until));
    if (time.title !== title) time.title = title;
  }
  for (const chip of root.querySelectorAll('[data-due]')) count(chip, Number(chip.dataset.due) - now);
}

function count(chip, left) {
  const late = left < 0, amount = Math.abs(left);
  if (late && !chip.classList.contains('due-late')) {
    chip.classList.remove('due-ok', 'due-soon');
    chip.classList.add('due-late');
    const use = chip.querySelector('use');
    use?.setAttribute('href', use.getAttribute('href').replace(/#.*/, '#late'));
  }
  set(chip.querySelector('.due-text'), late ? say('shortLate', { t: countdown(amount) }) : countdown(amount));
  const spelled = say(late ? 'dueLate' : 'dueIn', { metric: chip.dataset.metric, t: span(amount) });
  set(chip.querySelector('.unseen'), spelled);
  if (chip.title !== spelled) chip.title = spelled;
}

freshen();
setInterval(() => document.hidden || freshen(), SECOND);
document.addEventListener('visibilitychange', () => document.hidden || freshen());

/* Fragments */

/** Fetches a part of a page; `null` when it is not to be had now. */
export async function part(address, name) {
  try {
    const answer = await fetch(address, { headers: { 'X-Fragment': name, Accept: 'text/html' } });
    if (answer.status === 401) location.reload();
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

/** Changes the keyed parts of the page into those of `html`. */
export function show(html) {
  const fresh = parse(html);
  freshen(fresh);
  keepingFocus(() => {
    for (const piece of [...fresh.body.children]) {
      const old = piece.id && document.getElementById(piece.id);
      if (old) morph(old, piece);
    }
  });
}

/** Does `work`, and gives the focus back to what had it when moving it took it away. */
export function keepingFocus(work) {
  const focused = document.activeElement;
  work();
  if (focused !== document.activeElement && focused?.isConnected) focused.focus({ preventScroll: true });
}

/** Runs `work` soon, and at most once per `gap`, however often it is asked for. */
export function calmly(work, gap) {
  let planned = false, last = 0, running = false, again = false;
  const run = async () => {
    planned = false;
    running = true;
    try { await work(); } finally { running = false; last = Date.now(); }
    if (again) { again = false; ask(); }
  };
  const ask = () => {
    if (running) again = true;
    if (planned || running) return;
    planned = true;
    setTimeout(run, Math.max(80, last + gap - Date.now()));
  };
  return ask;
}

/* The stream */

/**
 * Hears hints and hands them to `heard`; tells `everything` after each gap. Comes back by itself,
 * and says so on the page while it is away.
 */
export function listen(address, heard, everything) {
  let source, again, wait = 1000, opened = false, warned;
  const away = () => {
    warned ??= setTimeout(() => connected(false), 1500);
  };
  const open = () => {
    clearTimeout(again);
    source?.close();
    source = new EventSource(address);
    source.onopen = () => {
      clearTimeout(warned);
      warned = undefined;
      wait = 1000;
      connected(true);
      if (opened) everything();
      opened = true;
    };
    source.onmessage = (event) => heard(JSON.parse(event.data));
    source.onerror = () => {
      away();
      if (source.readyState === EventSource.CLOSED) retry();
    };
  };
  const retry = () => {
    again = setTimeout(open, wait);
    wait = Math.min(wait * 2, 15000);
  };
  addEventListener('offline', () => connected(false));
  addEventListener('online', open);
  addEventListener('pagehide', () => source?.close());
  addEventListener('pageshow', (event) => { if (event.persisted) open(); });
  open();
}

function connected(yes) {
  const banner = document.getElementById('offline');
  document.body.classList.toggle('stale', !yes);
  if (!banner || banner.hidden === yes) return;
  banner.hidden = yes;
  banner.textContent = yes ? '' : say('offline');
}
