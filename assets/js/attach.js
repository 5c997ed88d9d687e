// Files for the reply: chosen, dropped or pasted, uploaded at once, and sent with the next reply. What
// waits is remembered per ticket until the tab is closed.

import { say, toast } from './live.js';

const MOST = 10;
/** By ticket: what was attached, each `{ key, name, id }`; without an id it is on its way. */
const waiting = new Map();
let last = 0;

const ticket = () => document.getElementById('ticket')?.dataset.ticket;
const place = (id) => `files:${id}`;

function files(id) {
  if (!waiting.has(id)) waiting.set(id, kept(id));
  return waiting.get(id);
}

function kept(id) {
  try {
    const list = JSON.parse(sessionStorage.getItem(place(id)) ?? '[]');
    return list.map((file) => ({ ...file, key: `file-${last += 1}` }));
  } catch {
    return [];
  }
}

function keep(id) {
  try {
    const done = files(id).filter((file) => file.id);
    sessionStorage.setItem(place(id), JSON.stringify(done.map((file) => ({ id: file.id, name: file.name }))));
  } catch { /* no storage: they are remembered as long as the page */ }
}

/** The ids of what goes with a ticket's next reply. */
export const attached = (id) => files(id).map((file) => file.id).filter(Boolean);

/** Whether something is still on its way. */
export const uploading = (id) => files(id).some((file) => !file.id);

/** Forgets what was sent. */
export function sent(id) {
  waiting.set(id, []);
  keep(id);
  draw();
}

/** Shows what waits for the open ticket's reply. */
export function draw() {
  const list = document.getElementById('attached');
  if (!list) return;
  const now = files(ticket());
  const area = document.getElementById('reply-text');
  area.required = !now.some((file) => file.id);
  list.hidden = now.length === 0;
  for (const row of [...list.children]) if (!now.some((file) => file.key === row.id)) row.remove();
  for (const file of now) if (!document.getElementById(file.key)) list.append(drawn(file));
  for (const file of now) document.getElementById(file.key).toggleAttribute('data-coming', !file.id);
}

function drawn(file) {
  const row = document.createElement('li');
  row.id = file.key;
  const name = document.createElement('span');
  name.textContent = file.name;
  const remove = document.createElement('button');
  remove.type = 'button';
  remove.className = 'quiet';
  remove.textContent = '×';
  remove.setAttribute('aria-label', say('removeFile', { name: file.name }));
  remove.title = say('removeFile', { name: file.name });
  remove.addEventListener('click', () => drop(ticket(), file));
  row.append(name, remove);
  return row;
}

function drop(id, file) {
  file.cancel?.abort();
  waiting.set(id, files(id).filter((other) => other !== file));
  keep(id);
  draw();
  document.getElementById('attach')?.focus();
}

async function upload(id, blob) {
  const input = document.getElementById('attach-files');
  const name = blob.name || 'file';
  if (blob.size > Number(input.dataset.bytes)) return toast(`${name}: ${input.dataset.tooLarge}`, 'wrong');
  if (files(id).length >= MOST) return toast(input.dataset.tooMany, 'wrong');
  const cancel = new AbortController();
  const file = { key: `file-${last += 1}`, name, cancel };
  files(id).push(file);
  draw();
  toast(say('uploading', { name }));
  try {
    const answer = await fetch(`/desk/tickets/${id}/files?name=${encodeURIComponent(name)}`, {
      method: 'POST',
      body: blob,
      signal: cancel.signal,
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/octet-stream',
        'X-CSRF-Token': document.querySelector('#write-reply input[name=csrf]').value,
      },
    });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(told.detail ?? say('again'));
    file.id = told.id;
    toast(say('attached', { name }));
    keep(id);
    draw();
  } catch (error) {
    if (cancel.signal.aborted) return;
    drop(id, file);
    toast(`${name}: ${error instanceof TypeError ? say('again') : error.message}`, 'wrong');
  }
}

function take(list) {
  if (!document.getElementById('attach-files')) return false;
  for (const file of list) upload(ticket(), file);
  return list.length > 0;
}

const dragged = (event) => event.dataTransfer?.types.includes('Files') && document.getElementById('attach-files');

/** Listens for files that are chosen, dropped or pasted. */
export function watchFiles() {
  document.addEventListener('click', (event) => {
    if (event.target.closest('#attach')) document.getElementById('attach-files').click();
  });
  document.addEventListener('change', (event) => {
    if (event.target.id !== 'attach-files') return;
    take([...event.target.files]);
    event.target.value = '';
  });
  document.addEventListener('paste', (event) => {
    const list = [...(event.clipboardData?.files ?? [])];
    if (event.target.id === 'reply-text' && take(list)) event.preventDefault();
  });
  const mark = (yes) => document.getElementById('ticket')?.classList.toggle('dropping', yes);
  document.addEventListener('dragover', (event) => {
    if (!dragged(event)) return;
    event.preventDefault();
    mark(Boolean(event.target.closest?.('#ticket')));
  });
  document.addEventListener('dragleave', (event) => { if (!event.relatedTarget) mark(false); });
  document.addEventListener('drop', (event) => {
    if (!dragged(event)) return;
    event.preventDefault();
    mark(false);
    if (!event.target.closest('#ticket')) return;
    document.getElementById('mode-reply').checked = true;
    take([...event.dataTransfer.files]);
  });
}
