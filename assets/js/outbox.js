// Messages that the house does not have yet. They survive a reload, go in their order, and go again
// under the same id, so that each has its effect once.

const KEY = 'chat:outbox';

/** A fresh id of a message. */
function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class Outbox {
  /** `changed` hears that something was added or sent, `refused` which message is not wanted. */
  constructor({ changed, refused }) {
    this.changed = changed;
    this.refused = refused;
    this.messages = read();
    this.stuck = false;
    this.wait = 1000;
    addEventListener('online', () => this.flush());
  }

  add(message) {
    const kept = { client_id: fresh(), ...message };
    if (this.messages.some((other) => other.client_id === kept.client_id)) return;
    this.messages.push(kept);
    this.keep();
    this.changed();
    this.flush();
  }

  /** The house showed this message back: it is there, whatever the answer to sending it was. */
  arrived(id) {
    this.drop(id);
  }

  drop(id) {
    const before = this.messages.length;
    this.messages = this.messages.filter((message) => message.client_id !== id);
    if (this.messages.length === before) return;
    this.keep();
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
      if (outcome === 'later') {
        this.later();
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

  keep() {
    try {
      localStorage.setItem(KEY, JSON.stringify(this.messages));
    } catch { /* no storage: they live as long as the page */ }
  }
}

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((message) => message?.client_id) : [];
  } catch {
    return [];
  }
}

/** Sends one message: `sent`, `refused` for good, or `later`. */
async function post(message) {
  const { at, ...body } = message;
  try {
    const answer = await fetch('/chat/messages', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (answer.ok) return 'sent';
    if (answer.status === 401) await fetch('/chat/session', { method: 'POST' });
    return [400, 413, 422].includes(answer.status) ? 'refused' : 'later';
  } catch {
    return 'later';
  }
}
