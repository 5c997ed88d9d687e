// A file beside a line: a picture is shown, any other is fetched on demand.

import { call } from './caller.js';
import { icon, make, say } from './bubble.js';
import { save } from './save.js';

const units = ['byte', 'kilobyte', 'megabyte'];

function size(bytes) {
  const step = Math.min(2, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1000)));
  const style = { style: 'unit', unit: units[step], maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, style).format(bytes / 1000 ** step);
}

/** How a file looks; without an address it is still under way. */
export function attached(file) {
  const name = file.name || say('file');
  const label = [icon('clip'), make('span', { dir: 'auto' }, name)];
  if (file.bytes) label.push(make('small', {}, size(file.bytes)));
  if (!file.url) return make('p', { class: 'attached' }, ...label);
  const button = make('button', { type: 'button', class: 'attached' }, ...label);
  button.addEventListener('click', () => save(file.url, name));
  if (/^image\/(jpeg|png|gif|webp)$/.test(file.mime ?? '')) picture(file.url, name, button);
  return button;
}

async function picture(path, name, button) {
  try {
    const answer = await call(path);
    if (!answer.ok) return;
    const image = make('img', { alt: name, src: URL.createObjectURL(await answer.blob()) });
    await image.decode();
    button.classList.add('pictured');
    button.replaceChildren(image);
  } catch { /* its name stays */ }
}
