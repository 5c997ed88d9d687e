// The customer's chat: what is written is kept until the house has it; what the house said is shown
// once, in its order, in every tab, also after a lost connection or a reload.

import { ask, focusForm } from './ask.js';
import { dress, framed, listen, tell } from './around.js';
import { draw, say, settle } from './bubble.js';
import { alone, call, owner, shelf, who } from './caller.js';
import { listen as listenToChoices, useUp } from './choices.js';
import { fresh, Outbox } from './outbox.js';
import './save.js';
import { Stream } from './stream.js';
import { Uploads } from './upload.js';

const log = document.getElementById('main');
const composer = document.getElementById('composer');
const text = document.getElementById('text');
const state = document.getElementById('state');
const promise = document.getElementById('promise');
const { lang: language, dataset: { speaks } } = document.documentElement;
const now = { last: 0, person: null, open: !framed, unread: 0, read: 0, past: true, asking: true, known: false, held: [] };

const outbox = new Outbox({
  changed: drawUnsent,
  refused: (message) => { unsent(message.client_id)?.classList.add('refused'); tellState('refused'); },
  unknown: () => begin(),
});
const uploads = new Uploads({ changed: drawUnsent, refused: (id) => unsent(id)?.remove(), unknown: () => begin() });

/* Sending */

/** Said once in each thread, before anything else: the assistant introduces itself. */
const OPENED = { opened: true, client_id: 'opened' };

function speak(said) {
  const message = { client_id: fresh(), at: Date.now(), ...said };
  if (now.asking) {
    hold([...now.held, message]);
    drawUnsent();
    return;
  }
  if (now.past && !who.token && !message.opened) outbox.add({ ...OPENED, language: speaks, at: Date.now() });
  outbox.add({ ...message, language: speaks, at: Date.now() });
  if (!now.person && !message.opened) awaitAnswer();
}

/** What was written before the house was ready for it; it survives a reload. */
function hold(messages) {
  now.held = messages;
  shelf.put('held', messages.length ? messages : undefined);
}

/** Shows that the assistant writes, until it has written or some seconds went by. */
function awaitAnswer() {
  clearTimeout(awaitAnswer.timer);
  log.querySelector('.dots')?.remove();
  const dots = document.createElement('p');
  dots.className = 'bubble bot dots';
  dots.setAttribute('aria-hidden', 'true');
  dots.append(...['i', 'i', 'i'].map((name) => document.createElement(name)));
  log.append(dots);
  follow();
  awaitAnswer.timer = setTimeout(() => dots.remove(), 8000);
}

composer.addEventListener('submit', (event) => {
  event.preventDefault();
  const words = text.value.trim();
  if (!words) return;
  text.value = '';
  shelf.put('draft', undefined);
  speak({ text: words });
});
text.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    composer.requestSubmit();
  }
});
text.addEventListener('input', () => shelf.put('draft', text.value || undefined));
document.getElementById('person').addEventListener('click', () => {
  speak({ payload: 'person', label: say('person_said') });
  text.focus();
});
listenToChoices(log, (message) => { speak(message); text.focus(); });

/* Showing */

function drawUnsent() {
  const said = [...outbox.messages.filter((message) => !message.opened), ...now.held];
  const files = uploads.files.map(({ client_id, file, at }) => ({ client_id, at, attachments: [{ name: file.name, bytes: file.size }] }));
  for (const message of [...said, ...files]) {
    if (unsent(message.client_id)) continue;
    const line = { from: 'you', text: message.text ?? message.label ?? '', at: message.at, buttons: [], attachments: message.attachments };
    const bubble = draw(line, log);
    bubble.dataset.client = message.client_id;
    bubble.classList.add('unsent');
    const dots = log.querySelector('.dots');
    if (dots) log.append(dots);
    follow();
  }
  tellState();
}

function unsent(client) {
  return log.querySelector(`[data-client="${CSS.escape(client)}"]`);
}

function tellState(word) {
  const stuck = outbox.stuck || uploads.stuck;
  const held = now.held.length > 0 && !document.body.classList.contains('asking');
  const waits = held || outbox.messages.some((message) => !message.opened) || uploads.files.length > 0;
  const words = word ?? (!waits ? '' : stuck ? 'waiting' : 'sending');
  const spoken = words && say(words);
  if (state.textContent !== spoken) state.textContent = spoken;
}

/** A line from the house: shown once, in the order of its place. */
function hear(line) {
  if (line.seq <= now.last) return;
  now.last = line.seq;
  document.getElementById('greeting')?.remove();
  const mine = line.client_id && unsent(line.client_id);
  if (line.from === 'you') {
    useUp(line, log);
    outbox.drop(line.client_id);
    if (now.held.some((one) => one.client_id === line.client_id)) hold(now.held.filter((one) => one.client_id !== line.client_id));
    uploads.drop(line.client_id);
  } else {
    log.querySelector('.dots')?.remove();
    whoWrites(line);
  }
  const near = atEnd();
  if (mine && !line.attachments) {
    settle(mine, line, log);
  } else {
    mine?.remove();
    draw(line, log);
  }
  if (near || line.from === 'you') follow();
  count(line);
}

function whoWrites(line) {
  if (line.from === 'agent') now.person = line.name ?? say('bot');
  else if (line.from === 'bot' && now.person && line.buttons?.length) now.person = null;
  const words = now.person ? say('presence_person', { name: now.person }) : say('presence');
  const presence = document.getElementById('presence');
  if (presence.textContent !== words) presence.textContent = words;
  if (now.person) promise.hidden = true;
}

function atEnd() {
  return log.scrollHeight - log.scrollTop - log.clientHeight < 120;
}

function follow() {
  log.scrollTop = log.scrollHeight;
  // With little room the whole page scrolls.
  document.scrollingElement.scrollTop = document.scrollingElement.scrollHeight;
}

/** What was not seen yet counts until the chat is opened, in this page or the next. */
function count(line) {
  if (now.open) {
    seen();
  } else if (line.from !== 'you' && line.seq > Number(shelf.get('read') ?? 0)) {
    now.unread += 1;
    tell('unread', { count: now.unread });
  }
}

/** What stands in an open chat is read once the page itself is seen; the house is told once things settle. */
function seen() {
  if (!who.key || !now.open || !now.last || document.hidden) return;
  shelf.put('read', now.last);
  clearTimeout(seen.timer);
  seen.timer = setTimeout(() => {
    if (now.read === now.last) return;
    const seq = now.read = now.last;
    const headers = { 'Content-Type': 'application/json' };
    call('/chat/read', { method: 'POST', headers, body: JSON.stringify({ seq }) }).catch(() => { now.read = 0; });
  }, 500);
}
document.addEventListener('visibilitychange', seen);

function promised(standing) {
  const { opens, high, low } = standing.promise ?? {};
  const minutes = (millis) => Math.max(1, Math.round(millis / 60_000));
  const format = new Intl.DateTimeFormat(language, { weekday: 'long', hour: '2-digit', minute: '2-digit' });
  let words = '';
  if (opens) words = say('promise_opens', { when: format.format(opens) });
  else if (high && high <= 7_200_000) words = say('promise_within', { low: minutes(low), high: minutes(high) });
  promise.hidden = !words || Boolean(now.person);
  if (promise.textContent !== words) promise.textContent = words;
}

/* The page around */

/** Another visitor, or another thread of the same one: nothing of the one before stays. */
function become(key, token) {
  if (!key || (who.key === key && who.token === token)) return;
  const first = !who.key, same = who.key === key, signed = who.token && token;
  if (same && signed && owner(who.token) === owner(token)) {
    who.token = token;
    begin();
    return;
  }
  const loose = same && !signed && !now.known;
  const along = goesAlong(key, token, loose);
  Object.assign(who, { key, token });
  Object.assign(now, { last: 0, person: null, unread: 0, read: 0, past: true, asking: true, known: false, held: [] });
  if (!first) {
    text.value = '';
    outbox.clear();
    log.replaceChildren();
    if (!loose) uploads.clear(same && !signed);
    document.getElementById('form')?.reset();
    tell('unread', { count: 0 });
  }
  log.setAttribute('aria-live', 'off');
  text.value ||= shelf.get('draft') ?? '';
  const held = [...shelf.get('held') ?? [], ...along].map((message) => [message.client_id, message]);
  if (held.length) hold([...new Map(held).values()]);
  drawUnsent();
  begin();
}

/** What waits and was written before the house knew whose it is, here or in the page before: it goes along
    with whoever it turns out to be. What is somebody's stays theirs. */
function goesAlong(key, token, loose) {
  const along = loose || !who.key ? now.held : [];
  const queued = loose && !who.token ? outbox.messages : [];
  if (along.length) shelf.put('held', undefined);
  if (!token) return along;
  Object.assign(who, { key, token: '' });
  const left = [...shelf.all('out:'), ...queued, ...shelf.get('held') ?? []];
  for (const { client_id } of left) shelf.put(`out:${client_id}`, undefined);
  shelf.put('held', undefined);
  return [...left.filter((message) => message.client_id && !message.opened), ...along];
}

/** The first opening of a thread in which nothing was said. */
function greet() {
  if (now.open && !now.past && !now.asking && now.last === 0 && !outbox.messages.length) speak(OPENED);
}

/* The connection */

let again, wait = 1000, warned;

const stream = new Stream({
  path: () => `/chat/stream?after=${now.last}`,
  opened() {
    wait = 1000;
    connected(true);
    outbox.flush();
    uploads.flush();
  },
  event(name, data) {
    if (name === 'line') hear(data);
    if (name === 'now') caughtUp();
  },
  closed() {
    warned ??= setTimeout(() => connected(false), 1500);
    later();
  },
});

/** What was said before is not read aloud; what follows is. */
function caughtUp() {
  now.past = false;
  log.setAttribute('aria-live', 'polite');
  greet();
}

function later() {
  clearTimeout(again);
  again = setTimeout(begin, wait);
  wait = Math.min(wait * 2, 15_000);
}

function connected(yes) {
  clearTimeout(warned);
  warned = undefined;
  document.getElementById('offline').hidden = yes;
}

/** Asks where we stand, then listens. */
async function begin() {
  clearTimeout(again);
  stream.stop();
  const { key, token } = who;
  let standing;
  try {
    const answer = await call('/chat/session', { method: 'POST' });
    if (!answer.ok) throw new Error(String(answer.status));
    standing = await answer.json();
  } catch {
    warned ??= setTimeout(() => connected(false), 1500);
    later();
    return;
  }
  if (who.key !== key || who.token !== token) return;
  if (standing.problem) {
    tell('problem', { text: standing.problem, keep: { token: undefined } });
    become(key, '');
    return;
  }
  promised(standing);
  now.known = Boolean(token);
  now.asking = standing.ask.length > 0;
  ask(standing.ask, answered);
  if (now.asking && now.open && document.hasFocus()) focusForm();
  if (!now.asking) release();
  stream.start();
}

function answered() {
  now.asking = false;
  release();
  greet();
  text.focus();
}

function release() {
  const { held } = now;
  hold([]);
  for (const message of held) if (!outbox.done.has(message.client_id)) speak(message);
}

addEventListener('offline', () => { stream.stop(); connected(false); later(); });
addEventListener('online', () => { if (who.key) begin(); });
addEventListener('pagehide', () => stream.stop());
addEventListener('pageshow', (event) => { if (event.persisted) begin(); });

if (framed) {
  shelf.save = (keep) => tell('keep', { keep });
  listen({
    start(data) {
      dress(data);
      shelf.kept = { ...data };
      become(data.key, data.token ?? '');
      outbox.restore();
    },
    opened({ focus }) {
      now.open = true;
      now.unread = 0;
      seen();
      follow();
      greet();
      if (focus && !focusForm()) text.focus();
    },
    closed() { now.open = false; },
    ask(data) {
      if (data.text) speak({ text: String(data.text).slice(0, 4096) });
    },
  });
} else {
  become(alone(), '');
  outbox.restore();
}
