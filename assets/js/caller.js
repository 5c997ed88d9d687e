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

/** What keeps for the next page, as far as the browser allows; whatever is kept belongs to one visitor. */
export const shelf = {
  name: (key) => `chat:${who.key.slice(0, 12)}${who.token ? '+' : ''}:${key}`,
  get(key) {
    try { return localStorage.getItem(shelf.name(key)); } catch { return null; }
  },
  put(key, value) {
    try {
      if (value === null) localStorage.removeItem(shelf.name(key));
      else localStorage.setItem(shelf.name(key), value);
    } catch { /* no storage: it lives as long as the page */ }
  },
  /** Everything kept under names that begin so. */
  all(begin) {
    try {
      const names = Object.keys(localStorage).filter((name) => name.startsWith(shelf.name(begin)));
      return names.map((name) => localStorage.getItem(name));
    } catch { return []; }
  },
};

/** The secret of a chat that stands alone, not in another page. */
export function ownKey() {
  try {
    return localStorage['chat:key'] ||= crypto.getRandomValues(new Uint32Array(5)).join('-');
  } catch {
    return crypto.getRandomValues(new Uint32Array(5)).join('-');
  }
}
