// The house's lines as they come. EventSource cannot send the visitor's headers, so this reads the same
// stream through fetch, and comes back by itself from its place.

import { call } from './caller.js';

/** Longer than the house is ever silent. */
const SILENCE = 40_000;

export class Stream {
  /** `path` tells where to read; `opened`, `event` and `closed` (with the status, if any) are called. */
  constructor({ path, opened, event, closed }) {
    Object.assign(this, { path, opened, event, closed });
  }

  stop() {
    this.aborter?.abort();
    this.aborter = undefined;
  }

  async start() {
    this.stop();
    const aborter = this.aborter = new AbortController();
    let status;
    try {
      const answer = await call(this.path(), { signal: aborter.signal });
      ({ status } = answer);
      if (!answer.ok) throw new Error(String(status));
      this.opened();
      await this.read(answer.body, aborter);
    } catch { /* told below */ }
    if (this.aborter === aborter) this.closed(status);
  }

  async read(body, aborter) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '', watch;
    for (;;) {
      clearTimeout(watch);
      watch = setTimeout(() => aborter.abort(), SILENCE);
      const { value, done } = await reader.read();
      if (done || aborter !== this.aborter) break;
      const parts = (rest + value).split('\n\n');
      rest = parts.pop();
      for (const part of parts) this.take(part);
    }
    clearTimeout(watch);
  }

  take(part) {
    const field = (name) => part.split('\n').find((line) => line.startsWith(`${name}:`))?.slice(name.length + 1).trim();
    const data = field('data');
    if (data) this.event(field('event') ?? 'line', JSON.parse(data));
  }
}
