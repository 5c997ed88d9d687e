// The desk's keys. All need Alt or Ctrl, so that nobody who types or dictates sets one off.

/** The next or the previous ticket of the list. */
function move(go, step) {
  const rows = [...document.querySelectorAll('#rows a.row')];
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.getAttribute('aria-current') === 'true');
  const row = rows[Math.min(Math.max(at < 0 && step < 0 ? rows.length - 1 : at + step, 0), rows.length - 1)];
  go(row.href).then(() => {
    const open = document.querySelector('#rows a.row[aria-current]');
    open?.focus();
    open?.scrollIntoView({ block: 'nearest' });
  });
}

function press(selector) {
  const button = document.querySelector(selector);
  if (button && !button.disabled) button.click();
}

/** Listens for keys; `go` opens an address, `write` turns to a mode. */
export function keys({ go, write }) {
  const alt = {
    KeyJ: () => move(go, 1),
    KeyK: () => move(go, -1),
    KeyT: () => press('#next button'),
    KeyL: () => write('reply'),
    KeyP: () => write('note'),
    KeyE: () => press('#resolve'),
    KeyA: () => press('#offers .accept button'),
    KeyR: () => press('#offers .decline button'),
  };
  document.addEventListener('keydown', (event) => {
    const command = event.ctrlKey || event.metaKey;
    if (command && !event.altKey && event.code === 'KeyK') {
      event.preventDefault();
      const search = document.getElementById('search');
      search?.focus();
      search?.select();
    } else if (command && event.key === 'Enter' && event.target.form?.dataset.enhance) {
      event.preventDefault();
      event.target.form.requestSubmit();
    } else if (event.altKey && !command && !event.shiftKey && alt[event.code]) {
      event.preventDefault();
      alt[event.code]();
    } else if (event.key === 'Escape') {
      document.querySelector('details.menu[open], details.shortcuts[open]')?.removeAttribute('open');
    }
  });
}
