// The desk: links and forms without loading the page again, drafts, keys, and live panes.

import { calmly, freshen, keepingFocus, listen, part, say, show, toast } from './live.js';
import { morph, parse } from './morph.js';
import { forget, restore, watch } from './draft.js';
import { keys } from './keys.js';
import { attached, draw, sent, uploading, watchFiles } from './attach.js';

const open = () => document.getElementById('ticket')?.dataset.ticket;
const here = () => location.pathname + location.search;
const title = { text: document.title };

/* Looking */

/** Goes to another page of the desk. */
async function go(address, history_ = 'pushState') {
  const answer = await fetch(address, { headers: { Accept: 'text/html' } }).catch(() => null);
  if (!answer?.ok || !new URL(answer.url).pathname.startsWith('/desk')) {
    if (answer) location.assign(address);
    else toast(say('again'), 'wrong');
    return;
  }
  const fresh = parse(await answer.text());
  freshen(fresh);
  if (history_) history[history_](null, '', answer.url);
  title.text = fresh.title;
  document.querySelector('#side:popover-open')?.hidePopover();
  const switches = fresh.querySelector('.bar .languages');
  keepingFocus(() => {
    for (const id of ['me', 'main']) morph(document.getElementById(id), fresh.getElementById(id));
    morph(document.querySelector('.bar .languages'), switches);
  });
  settle(true);
}

/** After every change: drafts, modes, the thread's end, the tab's title. */
function settle(fresh, followed = true) {
  restore();
  draw();
  const mode = document.querySelector('input[name=mode]:checked');
  if (mode?.disabled) document.getElementById('mode-note').checked = true;
  const thread = document.getElementById('thread');
  if (thread && (fresh || followed)) thread.scrollTop = thread.scrollHeight;
  const waits = document.querySelectorAll('#rows .row.waits, #offers .offer').length;
  document.title = waits ? `(${waits}) ${title.text}` : title.text;
}

/** Whether the thread's end is shown; pictures that come later keep it so. */
let following = true;
document.addEventListener('scroll', (event) => { if (event.target.id === 'thread') following = atEnd(); }, true);
document.addEventListener('load', (event) => {
  const thread = document.getElementById('thread');
  if (following && thread?.contains(event.target)) thread.scrollTop = thread.scrollHeight;
}, true);

function atEnd() {
  const thread = document.getElementById('thread');
  return !thread || thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
}

async function look(name) {
  const address = here();
  const html = await part(address, name);
  if (!html || address !== here()) return;
  const followed = atEnd();
  const unfolded = [...document.querySelectorAll('#side details[open]')].map((found) => found.dataset.key);
  show(html);
  for (const found of document.querySelectorAll('#side details[data-key]')) found.open = unfolded.includes(found.dataset.key);
  settle(false, followed);
}

const lookAtList = calmly(() => look('list'), 700);
const lookAtTicket = calmly(async () => { if (open()) await look('ticket'); }, 500);
const lookAtAll = () => { lookAtList(); lookAtTicket(); };

listen('/desk/events', (hint) => {
  if (hint.hint === 'conversation' || hint.ticket === open() || hint.hint === 'missed') lookAtTicket();
  if (hint.hint !== 'conversation') lookAtList();
}, lookAtAll);

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="/desk"]:not([target], [download])');
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!link || !plain) return;
  event.preventDefault();
  go(link.href).then(() => {
    if (link.closest('.list') && !link.checkVisibility()) document.getElementById('thread')?.focus();
  });
});
addEventListener('popstate', () => go(here(), null));

/* Doing */

/** The key of a form that was sent without an answer, so that sending it again has one effect. */
const unanswered = new WeakMap();

function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function send(form, pressed) {
  const data = new URLSearchParams(new FormData(form));
  if (pressed?.name) data.set(pressed.name, pressed.value);
  if (data.has('zone')) data.set('zone', Intl.DateTimeFormat().resolvedOptions().timeZone ?? '');
  const key = unanswered.get(form) ?? fresh();
  unanswered.set(form, key);
  data.set('request', key);
  data.set('query', location.search);
  if (form.dataset.enhance === 'reply') data.set('files', attached(open()).join(' '));
  const answer = await fetch(pressed?.getAttribute('formaction') ?? form.action, {
    method: 'POST', body: data, headers: { Accept: 'application/json', 'X-Fragment': 'form' },
  });
  if (answer.status < 500) unanswered.delete(form);
  return answer;
}

async function submit(form, pressed) {
  if (form.getAttribute('aria-busy') === 'true') return;
  const ticket = open();
  if (form.dataset.enhance === 'reply' && uploading(ticket)) return toast(say('waitFiles'), 'wrong');
  const button = pressed ?? form.querySelector('button:not([type=button])');
  busy(form, button, true);
  try {
    const answer = await send(form, pressed);
    if (answer.status === 401) location.reload();
    else if (answer.ok) await done(form, await answer.json(), ticket);
    else await failed(answer);
  } catch {
    toast(say('again'), 'wrong');
  } finally {
    busy(form, button, false);
  }
}

function busy(form, button, yes) {
  for (const element of [form, button]) {
    if (yes) element?.setAttribute('aria-busy', 'true');
    else element?.removeAttribute('aria-busy');
  }
}

async function failed(answer) {
  const problem = await answer.json().catch(() => ({}));
  const winner = problem.winner && say('won', { name: problem.winner });
  toast([problem.detail, winner].filter(Boolean).join(' ') || say('again'), 'wrong');
  lookAtAll();
}

const after = {
  presence: () => lookAtList(),
  async take(_, { ticket }) {
    if (!ticket) {
      toast(say('nothing'));
      return lookAtList();
    }
    await go(`/desk/tickets/${ticket}?tab=mine`);
    toast(say('taken'));
    write('reply');
  },
  decline() { toast(say('declined')); lookAtAll(); },
  reply(form, _, ticket) { sent(ticket); written(form, 'sent'); },
  note: (form) => written(form, 'noted'),
  async transfer() { await go('/desk?tab=mine'); toast(say('transferred')); },
  move: (form) => moved(form, 'moved'),
  reopen: (form) => moved(form, 'reopened'),
  person(form) { form.reset(); form.closest('details')?.removeAttribute('open'); moved(form, 'moved'); },
  assign: (form) => moved(form, 'assigned'),
  async bot() { await go('/desk?tab=mine'); toast(say('toBot')); },
  async spam() { await go('/desk?tab=mine'); toast(say('spammed')); },
  async merge(_, { ticket }) { await go(`/desk/tickets/${ticket}`); toast(say('moved')); },
  async resolve() { await go('/desk?tab=mine'); toast(say('resolved')); },
};

/** `ticket` was open when it was sent; another may be by now. */
async function done(form, result, ticket) {
  await after[form.dataset.enhance]?.(form, result, ticket);
}

/** The ticket stands elsewhere: its menu has done its work. */
function moved(form, word) {
  const menu = form.closest('details.menu');
  if (menu) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
  form.querySelectorAll('input[type=datetime-local]').forEach((input) => { input.value = ''; });
  toast(say(word));
  lookAtAll();
}

function written(form, word) {
  const area = form.querySelector('textarea');
  area.value = '';
  forget(area);
  toast(say(word));
  lookAtAll();
  const thread = document.getElementById('thread');
  if (thread) thread.scrollTop = thread.scrollHeight;
}

/** Turns the composer to a mode and puts the cursor into it. */
function write(mode) {
  const radio = document.getElementById(`mode-${mode}`);
  if (!radio || radio.disabled) return;
  radio.checked = true;
  document.getElementById(`${mode}-text`)?.focus();
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.matches('form[role=search]')) {
    event.preventDefault();
    go(`/desk?${new URLSearchParams(new FormData(form))}`);
  } else if (form.dataset.enhance) {
    event.preventDefault();
    submit(form, event.submitter);
  }
});
document.addEventListener('change', (event) => {
  if (event.target.matches('[data-submit]')) event.target.form.requestSubmit();
  if (event.target.name === 'mode') write(event.target.value);
});

/* Being here */

const BEAT = 30000;
let acted = true, told = 0;

/** Keeps the presence while the page is open, and says whether anybody did anything since. */
async function beat() {
  const csrf = document.querySelector('#me input[name=csrf]')?.value;
  if (!csrf) return;
  const body = new URLSearchParams({ csrf, active: acted });
  acted = false;
  told = Date.now();
  await fetch('/desk/alive', { method: 'POST', body }).catch(() => null);
}

for (const kind of ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart']) {
  document.addEventListener(kind, () => {
    acted = true;
    if (document.querySelector('#me .stance-automatic') && Date.now() - told > 1000) beat();
  }, { passive: true, capture: true });
}
setInterval(beat, BEAT);
beat();

watch();
watchFiles();
keys({ go, write });
settle(true);
