// Who speaks to the house: the visitor's secret and what the shop signed, in headers. No cookie is needed,
// so the chat works inside another site's page.

/** `key` opens the thread, `token` says whose it is. */
export const who = { key: '', token: '' };

/** As `fetch`, in the visitor's name. */
export function call(path, { headers, ...rest } = {}) {
  const own = { 'X-Sportello-Visitor': who.key };
  if (who.token) own['X-Sportello-Identity'] = who.token;
  return fetch(path, { cache: 'no-store', credentials: 'omit', ...rest, headers: { ...headers, ...own } });
}

/** Whose a token is, by its own word: a renewed one is the same customer's. */
export function owner(token) {
  try {
    const { id, sub } = JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')));
    return String(id ?? sub ?? token);
  } catch {
    return token;
  }
}

const prefix = () => `${who.key.slice(0, 12)}${who.token ? `+${owner(who.token)}` : ''}:`;

/** What is kept for the next page, by visitor. Here is a copy; whoever keeps it is told of each change: the
    page around, in whose own storage it lies, since browsers forbid ours inside another site's page. */
export const shelf = {
  kept: {},
  save() {},
  get: (name) => shelf.kept[prefix() + name],
  /** `undefined` forgets. */
  put(name, value) {
    const whole = prefix() + name;
    if (shelf.kept[whole] === value) return;
    shelf.kept[whole] = value;
    shelf.save({ [whole]: value });
  },
  /** Everything kept under names that begin so. */
  all: (begin) => Object.keys(shelf.kept).filter((name) => name.startsWith(prefix() + begin))
    .map((name) => shelf.kept[name]).filter(Boolean),
};

/** What a chat that stands alone, not in another page, keeps by itself. */
export function alone() {
  const KEY = 'chat';
  const read = () => { try { return JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { return {}; } };
  shelf.save = (more) => {
    try { localStorage.setItem(KEY, JSON.stringify({ ...read(), ...more })); } catch { /* as long as the page */ }
  };
  shelf.kept = read();
  const { key } = shelf.kept;
  if (key) return key;
  const fresh = crypto.getRandomValues(new Uint32Array(5)).join('-');
  shelf.save({ key: fresh });
  return fresh;
}
