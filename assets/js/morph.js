// Changes a live part of the page into a fresh one from the server, touching only what differs, so
// that focus, selection, scroll, open menus and half-written text stay as they are.

/** An inert document of a fragment or page. */
export function parse(html) {
  return new DOMParser().parseFromString(html, 'text/html');
}

/** Makes `old` equal to `fresh`. */
export function morph(old, fresh) {
  if (!alike(old, fresh)) {
    old.replaceWith(document.adoptNode(fresh));
    return;
  }
  attributes(old, fresh);
  children(old, fresh);
}

/** Whether one node can become the other: same kind, same key, same ticket. */
function alike(a, b) {
  if (a.nodeType !== b.nodeType || a.nodeName !== b.nodeName) return false;
  if (a.nodeType !== Node.ELEMENT_NODE) return true;
  return a.id === b.id && a.getAttribute('data-ticket') === b.getAttribute('data-ticket');
}

/** What the reader holds: a menu that was opened, a tool that is being used. */
const HELD = new Map([['DETAILS', ['open']], ['INPUT', ['checked']], ['TEXTAREA', []]]);

function attributes(old, fresh) {
  const held = HELD.get(old.nodeName) ?? [];
  for (const { name, value } of [...fresh.attributes]) {
    if (!held.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!held.includes(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  if (old.nodeName === 'INPUT' && old.type === 'hidden') old.value = fresh.value;
}

function children(old, fresh) {
  if (old.nodeName === 'TEXTAREA' || old.hasAttribute('data-held')) return;
  if (old.nodeName === 'SELECT' && old === document.activeElement) return;
  const keyed = new Map();
  for (const child of old.children) if (child.id) keyed.set(child.id, child);
  let next = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const found = wanted.id ? keyed.get(wanted.id) : plain(next, wanted);
    if (found && alike(found, wanted)) {
      if (found === next) next = next.nextSibling;
      else old.insertBefore(found, next);
      if (found.nodeType === Node.ELEMENT_NODE) morph(found, wanted);
      else if (found.data !== wanted.data) found.data = wanted.data;
    } else {
      old.insertBefore(document.adoptNode(wanted), next);
    }
  }
  while (next) {
    const after = next.nextSibling;
    next.remove();
    next = after;
  }
  if (old.nodeName === 'SELECT') old.value = [...old.options].find((o) => o.hasAttribute('selected'))?.value ?? old.value;
}

/** The next node that has no key, if it can become `wanted`. */
function plain(next, wanted) {
  return next && !next.id && alike(next, wanted) ? next : undefined;
}
