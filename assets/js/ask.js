// The questions before the first message. What was typed survives a reload of the page.

import { call, shelf } from './caller.js';
import { say } from './bubble.js';

const form = document.getElementById('form');
let then = () => {};

/** Shows the questions that are open, if any; `done` is called once they are answered. */
export function ask(fields, done) {
  const open = Boolean(form) && fields.length > 0;
  document.body.classList.toggle('asking', open);
  if (!form) return;
  form.hidden = !open;
  then = done;
  const typed = shelf.get('form') ?? {};
  for (const label of form.querySelectorAll('[data-field]')) {
    const input = label.querySelector('input');
    label.hidden = input.disabled = !fields.includes(label.dataset.field);
    input.value ||= typed[input.name] ?? '';
  }
}

/** Puts the cursor into the first question; `false` when nothing is asked. */
export function focusForm() {
  if (!form || form.hidden) return false;
  form.querySelector('input:not(:disabled)')?.focus();
  return true;
}

function answers() {
  return Object.fromEntries(new FormData(form));
}

form?.addEventListener('input', () => shelf.put('form', answers()));
form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const wrong = document.getElementById('wrong');
  wrong.textContent = '';
  try {
    const body = JSON.stringify(answers());
    const answer = await call('/chat/form', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    if (answer.ok) {
      shelf.put('form', undefined);
      form.reset();
      ask([], then);
      then();
    } else {
      wrong.textContent = say('form_wrong', { why: (await answer.json()).detail });
    }
  } catch {
    wrong.textContent = say('offline');
  }
});
