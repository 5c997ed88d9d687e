// Takes things along: the conversation, and files that came with it.

import { call } from './caller.js';
import { say } from './bubble.js';

/** Hands a file of the house's over to the browser's downloads. */
export async function save(path, name) {
  const wrong = document.getElementById('wrong');
  try {
    const answer = await call(path);
    if (!answer.ok) throw new Error(String(answer.status));
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await answer.blob());
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    wrong.textContent = '';
  } catch {
    wrong.textContent = say('save_failed');
  }
}

const more = document.getElementById('more');
more.addEventListener('click', (event) => {
  const format = event.target.closest('[data-save]')?.dataset.save;
  if (!format) return;
  more.open = false;
  more.querySelector('summary').focus();
  const name = `${say('transcript')}.${format === 'page' ? 'html' : 'txt'}`;
  save(`/chat/transcript?format=${format}&lang=${document.documentElement.lang}`, name);
});
more.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !more.open) return;
  event.preventDefault();
  more.open = false;
  more.querySelector('summary').focus();
});
