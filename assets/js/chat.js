// The customer's chat: what is written is kept until the house has it; what the house said is shown
// once, in its order, also after a lost connection or a reload.

import { Outbox } from './outbox.js';
import { draw, settle, say } from './bubble.js';

const log = document.getElementById('main');
const composer = document.getElementById('composer');
const text = document.getElementById('text');
const state = document.getElementById('state');
const framed = window.parent !== window;
const language = document.documentElement.lang;
const now = { last: 0, person: null, open: !framed, unread: 0, history: true };

const outbox = new Outbox({
  changed: () => { drawUnsent(); tellState(); },
  refused: (message) => { mark(message.client_id, 'refused'); tellState('refused'); },
});

/* Sending */

function speak(message) {
  outbox.add({ ...message, language, at: Date.now() });
  if (!now.person && !message.opened) await_();
}

/** Shows that the assistant writes, until it has written or some seconds went by. */
function await_() {
  clearTimeout(await_.timer);
  log.querySelector('.dots')?.remove();
  const dots = document.createElement('p');
  dots.className = 'bubble bot dots';
  dots.setAttribute('aria-hidden', 'true');
  dots.innerHTML = '<i></i><i></i><i></i>';
  log.append(dots);
  follow(true);
  await_.timer = setTimeout(() => dots.remove(), 8000);
}

composer.addEventListener('submit', (event) => {
  event.preventDefault();
  const words = text.value.trim();
  if (!words) return;
  text.value = '';
  speak({ text: words });
});
text.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    composer.requestSubmit();
  }
});
document.getElementById('person').addEventListener('click', () => {
  speak({ payload: 'person', label: say('personSaid') });
  text.focus();
});
log.addEventListener('click', (event) => {
  const button = event.target.closest('.choices button[data-payload]');
  if (!button || button.disabled) return;
  use(button.closest('.choices'), button);
  speak({ payload: button.dataset.payload, label: button.dataset.label });
  text.focus();
});
log.addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  const chosen = form.querySelector('input:checked');
  if (!chosen) return;
  use(form.querySelector('.choices'));
  form.querySelector('button')?.remove();
  speak({ payload: chosen.value, label: chosen.dataset.label });
});

/** A choice that was made cannot be made again. */
function use(choices, button) {
  choices.dataset.used = '';
  if ('disabled' in choices) choices.disabled = true;
  for (const one of choices.querySelectorAll('button')) {
    one.disabled = true;
    if (one === button) one.setAttribute('aria-pressed', 'true');
  }
}

/** Choices that were answered, by a button or in words. */
function useUp(line) {
  const open = [...log.querySelectorAll('.choices:not([data-used])')];
  for (const choices of open) {
    if (choices.matches('.rating')) {
      const star = [...choices.querySelectorAll('input')].find((one) => one.dataset.label === line.text);
      if (!star) continue;
      star.checked = true;
      choices.form?.querySelector('button')?.remove();
      use(choices);
    } else {
      use(choices, [...choices.querySelectorAll('button')].find((one) => one.dataset.label === line.text));
    }
  }
}

/* Showing */

function drawUnsent() {
  const waiting = outbox.messages.filter((message) => !message.opened);
  for (const message of waiting) {
    if (log.querySelector(`[data-client="${CSS.escape(message.client_id)}"]`)) continue;
    const line = { from: 'you', text: message.text ?? message.label, at: message.at, buttons: [] };
    const bubble = draw(line, log);
    bubble.dataset.client = message.client_id;
    bubble.classList.add('unsent');
    const dots = log.querySelector('.dots');
    if (dots) log.append(dots);
    follow(true);
  }
}

function mark(client, name) {
  log.querySelector(`[data-client="${CSS.escape(client)}"]`)?.classList.add(name);
}

function tellState(word) {
  const waiting = outbox.messages.some((message) => !message.opened);
  const words = word ?? (!waiting ? '' : outbox.stuck ? 'waiting' : 'sending');
  const spoken = words && say(words);
  if (state.textContent !== spoken) state.textContent = spoken;
}

/** A line from the house: shown once, in the order of its place. */
function hear(line) {
  if (line.seq <= now.last) return;
  now.last = line.seq;
  document.getElementById('greeting')?.remove();
  const mine = line.client_id && log.querySelector(`[data-client="${CSS.escape(line.client_id)}"]`);
  if (line.from === 'you') {
    useUp(line);
    outbox.arrived(line.client_id);
  } else {
    log.querySelector('.dots')?.remove();
    who(line);
  }
  const near = atEnd();
  if (mine) settle(mine, line, log);
  else draw(line, log);
  if (near || line.from === 'you') follow();
  if (line.from !== 'you') count();
}

function who(line) {
  if (line.from === 'agent') now.person = line.name ?? say('bot');
  else if (line.from === 'bot' && now.person && line.buttons?.length) now.person = null;
  const words = now.person ? say('presencePerson', { name: now.person }) : say('presence');
  const presence = document.getElementById('presence');
  if (presence.textContent !== words) presence.textContent = words;
}

function atEnd() {
  return log.scrollHeight - log.scrollTop - log.clientHeight < 120;
}

function follow() {
  log.scrollTop = log.scrollHeight;
}

/* The frame around */

function tell(message) {
  if (framed) window.parent.postMessage(message, location.origin);
}

function count() {
  if (now.open || now.history) return;
  now.unread += 1;
  tell({ sportello: 'unread', count: now.unread });
}

addEventListener('message', (event) => {
  if (event.source !== window.parent || event.origin !== location.origin) return;
  const { sportello, text: asked } = event.data ?? {};
  if (sportello === 'opened') { now.open = true; now.unread = 0; follow(); text.focus(); }
  if (sportello === 'closed') now.open = false;
  if (sportello === 'ask' && asked) speak({ text: String(asked).slice(0, 4096) });
});
if (framed) {
  const close = document.getElementById('close');
  close.hidden = false;
  close.addEventListener('click', () => tell({ sportello: 'close' }));
  addEventListener('keydown', (event) => { if (event.key === 'Escape') tell({ sportello: 'close' }); });
}

/* The stream */

let source, again, wait = 1000, warned;

function connect() {
  clearTimeout(again);
  source?.close();
  source = new EventSource(`/chat/stream?after=${now.last}`);
  source.onopen = () => {
    wait = 1000;
    connected(true);
    outbox.flush();
  };
  source.onmessage = (event) => hear(JSON.parse(event.data));
  source.onerror = () => {
    warned ??= setTimeout(() => connected(false), 1500);
    if (source.readyState !== EventSource.CLOSED) return;
    again = setTimeout(begin, wait);
    wait = Math.min(wait * 2, 15_000);
  };
}

function connected(yes) {
  clearTimeout(warned);
  warned = undefined;
  document.getElementById('offline').hidden = yes;
}

/** Becomes known, then listens and greets. */
async function begin() {
  try {
    const answer = await fetch('/chat/session', { method: 'POST' });
    if (!answer.ok) throw new Error(String(answer.status));
  } catch {
    connected(false);
    again = setTimeout(begin, wait);
    wait = Math.min(wait * 2, 15_000);
    return;
  }
  connect();
}

addEventListener('offline', () => connected(false));
addEventListener('online', begin);
addEventListener('pagehide', () => source?.close());
addEventListener('pageshow', (event) => { if (event.persisted) begin(); });

// What was said before is not read aloud again.
log.setAttribute('aria-live', 'off');
setTimeout(() => { now.history = false; log.setAttribute('aria-live', 'polite'); }, 1500);

drawUnsent();
begin().then(() => {
  speak({ opened: true, client_id: 'opened' });
  tell({ sportello: 'ready' });
});
