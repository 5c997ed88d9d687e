// Files of the customer's: by button, by paste, by drag and drop. One that did not go waits for the
// network, and goes again under the same id.

import { call } from './caller.js';
import { say } from './bubble.js';
import { fresh } from './outbox.js';

const wrong = document.getElementById('wrong');
const language = document.documentElement.lang;

export class Uploads {
  /** `changed` hears what is under way, `refused` the id of a file that is not wanted. */
  constructor({ changed, refused }) {
    Object.assign(this, { changed, refused, files: [] });
    addEventListener('online', () => this.flush());
    this.listen(document.getElementById('file'), document.getElementById('drop'));
  }

  listen(picker, target) {
    document.getElementById('attach').addEventListener('click', () => picker.click());
    picker.addEventListener('change', () => { this.add(picker.files); picker.value = ''; });
    addEventListener('paste', (event) => {
      if (!event.clipboardData?.files.length) return;
      event.preventDefault();
      this.add(event.clipboardData.files);
    });
    const carries = (event) => event.dataTransfer?.types.includes('Files') && !document.body.classList.contains('asking');
    addEventListener('dragover', (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      target.hidden = false;
    });
    addEventListener('dragleave', (event) => { if (!event.relatedTarget) target.hidden = true; });
    addEventListener('drop', (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      target.hidden = true;
      this.add(event.dataTransfer.files);
    });
  }

  add(files) {
    wrong.textContent = '';
    for (const file of files) this.files.push({ client_id: fresh(), file, at: Date.now() });
    this.changed();
    this.flush();
  }

  drop(id) {
    const before = this.files.length;
    this.files = this.files.filter((one) => one.client_id !== id);
    if (this.files.length < before) this.changed();
  }

  clear() {
    this.files = [];
  }

  /** Sends what waits, one after the other. */
  async flush() {
    if (this.running) return;
    this.running = true;
    this.stuck = false;
    while (this.files.length && !this.stuck) {
      const [one] = this.files;
      const problem = await send(one);
      if (problem === undefined) this.stuck = true;
      else this.drop(one.client_id);
      if (!problem) continue;
      wrong.textContent = say('upload_refused', { name: one.file.name, why: problem });
      this.refused(one.client_id);
    }
    this.running = false;
    this.changed();
  }
}

/** Sends a file: `''` when it is there, why not when it is not wanted, `undefined` for later. */
async function send({ client_id, file }) {
  try {
    const answer = await call('/chat/files', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/octet-stream',
        'X-Client-Id': client_id,
        'X-File-Name': encodeURIComponent(file.name),
        'X-Language': language,
      },
      body: file,
    });
    if (answer.ok) return '';
    if (answer.status >= 500 || [401, 403, 429].includes(answer.status)) return undefined;
    return (await answer.json()).detail;
  } catch {
    return undefined;
  }
}
