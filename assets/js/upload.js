// Files of the customer's: by button, by paste, by drag and drop. One that did not go waits for the
// network, and goes again under the same id.

import { call } from './caller.js';
import { say } from './bubble.js';
import { fresh } from './outbox.js';

const wrong = document.getElementById('wrong');
const language = document.documentElement.lang;

export class Uploads {
  /** `changed` hears what is under way, `refused` the id of a file that is not wanted, `unknown` that the
      house does not take the visitor's word any more. */
  constructor({ changed, refused, unknown }) {
    Object.assign(this, { changed, refused, unknown, files: [] });
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

  /** Another visitor: what waits is dropped; its names are told only to whom they belong. */
  clear(told) {
    const names = told ? this.files.map(({ file }) => file.name) : [];
    this.files = [];
    wrong.textContent = names.length ? say('upload_failed', { name: names.join(', ') }) : '';
  }

  /** Sends what waits, one after the other. */
  async flush() {
    if (this.running) return;
    this.running = true;
    this.stuck = false;
    while (this.files.length) {
      const [one] = this.files;
      const problem = await send(one);
      if (!this.files.includes(one)) continue;
      if (problem === undefined || problem === UNKNOWN) {
        this.stuck = true;
        if (problem) this.unknown();
        break;
      }
      this.drop(one.client_id);
      if (!problem) continue;
      wrong.textContent = say('upload_refused', { name: one.file.name, why: problem });
      this.refused(one.client_id);
    }
    this.running = false;
    clearTimeout(this.timer);
    if (this.stuck) this.timer = setTimeout(() => this.flush(), 5000);
    this.changed();
  }
}

/** Nobody knows us. */
const UNKNOWN = Symbol('unknown');

/** Sends a file: `''` when it is there, why not when it is not wanted, `UNKNOWN`, or `undefined` for later. */
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
    if (answer.status === 403) return UNKNOWN;
    if (answer.status >= 500 || [401, 429].includes(answer.status)) return undefined;
    // Who stands in between, a proxy, answers in its own words.
    return (await answer.json().catch(() => null))?.detail || String(answer.status);
  } catch {
    return undefined;
  }
}
