// Half-written replies and notes, kept per ticket and per mode until they are sent.

import { say } from './live.js';

const AREAS = '#reply-text, #note-text';
let timer;

function place(area) {
  return `draft:${document.getElementById('ticket')?.dataset.ticket}:${area.id}`;
}

/** Storage that may be forbidden: then drafts live as long as the page. */
function keep(key, text) {
  try {
    if (text) localStorage.setItem(key, text);
    else localStorage.removeItem(key);
    return true;
  } catch {
    return false;
  }
}

function tell(text) {
  const hint = document.getElementById('draft');
  if (hint && hint.textContent !== text) hint.textContent = text;
}

/** Keeps what is written, shortly after it is. */
export function watch() {
  document.addEventListener('input', (event) => {
    const area = event.target;
    if (!area.matches(AREAS)) return;
    const key = place(area);
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!keep(key, area.value)) return;
      tell(area.value.length >= area.maxLength ? say('long') : area.value && say('draft'));
    }, 300);
  });
}

/** Puts drafts back into empty composers. */
export function restore() {
  for (const area of document.querySelectorAll(AREAS)) {
    try {
      if (!area.value) area.value = localStorage.getItem(place(area)) ?? '';
    } catch { /* no storage, no draft */ }
  }
}

/** Forgets what was sent. */
export function forget(area) {
  clearTimeout(timer);
  keep(place(area), '');
  tell('');
}
