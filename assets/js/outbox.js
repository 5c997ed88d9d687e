// Messages that the house does not have yet. They survive a reload, go in their order, and go again
// under the same id, so that each has its effect once. Tabs share what is kept: whichever tab sends it.

import { call, shelf } from './caller.js';

/** A fresh id of a message. */
export function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class Outbox {
  /** `changed` hears that something was added or sent, `refused` which message is not wanted, `unknown`
      that the house does not take the visitor's word any more. */
  constructor({ changed, refused, unknown }) {
    Object.assign(this, { changed, refused, unknown, messages: [], done: new Set(), stuck: false, wait: 1000 });
    addEventListener('online', () => this.flush());
  }

  /** Another visitor: what is here belongs to the one before. */
  clear() {
    this.messages = [];
    this.done.clear();
  }

  /** Takes up what is kept and not here yet: of the page before, or of another tab. */
  restore() {
    const here = (message) => this.messages.some((other) => other.client_id === message.client_id);
    const fresh = shelf.all('out:').filter((message) => message.client_id && !this.done.has(message.client_id) && !here(message));
    if (!fresh.length) return;
    this.messages = [...this.messages, ...fresh].sort((a, b) => a.at - b.at);
    this.changed();
    this.flush();
  }

  add(message) {
    const kept = { client_id: fresh(), ...message };
    if (this.messages.some((other) => other.client_id === kept.client_id)) return;
    this.messages.push(kept);
    shelf.put(`out:${kept.client_id}`, kept);
    this.changed();
    this.flush();
  }

  /** It is sent, or the house showed it back: it is there, whatever the answer to sending it was. */
  drop(id) {
    this.done.add(id);
    const before = this.messages.length;
    this.messages = this.messages.filter((message) => message.client_id !== id);
    if (this.messages.length === before) return;
    shelf.put(`out:${id}`, undefined);
    this.changed();
  }

  /** Sends what waits, one after the other. */
  async flush() {
    if (this.running) return;
    this.running = true;
    clearTimeout(this.timer);
    while (this.messages.length) {
      const [message] = this.messages;
      const outcome = await post(message);
      if (outcome === 'later' || outcome === 'unknown') {
        this.later();
        if (outcome === 'unknown') this.unknown();
        break;
      }
      this.stuck = false;
      this.wait = 1000;
      this.drop(message.client_id);
      if (outcome === 'refused') this.refused(message);
    }
    this.running = false;
  }

  later() {
    this.stuck = true;
    this.changed();
    this.timer = setTimeout(() => this.flush(), this.wait);
    this.wait = Math.min(this.wait * 2, 15_000);
  }
}

/** Sends one message: `sent`, `refused` for good, `unknown` when nobody knows us, or `later`. */
async function post(message) {
  const { at, ...body } = message;
  try {
    const answer = await call('/chat/messages', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (answer.ok) return 'sent';
    if (answer.status === 403) return 'unknown';
    return [400, 413, 422].includes(answer.status) ? 'refused' : 'later';
  } catch {
    return 'later';
  }
}
