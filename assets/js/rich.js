// What a line shows besides its text and buttons: pictures, files, cards, a list to choose from.

/** The pieces of a line, in their order; each choice is a button that the chat knows by its payload. */
export function rich(line, make, say) {
  return [
    ...(line.media ?? []).map((file) => media(file, make)),
    ...(line.cards?.length ? [cards(line.cards, make, say)] : []),
    ...(line.list ? [list(line.list, make)] : []),
  ].filter(Boolean);
}

/** Only whole addresses of the web are ever followed. */
const safe = (address) => URL.canParse(address) && new URL(address).protocol === 'https:';

const away = { target: '_blank', rel: 'noopener noreferrer nofollow' };

function picture(address, make) {
  const image = make('img', { src: address, alt: '', loading: 'lazy', referrerpolicy: 'no-referrer' });
  image.addEventListener('error', () => image.remove());
  return image;
}

function media(file, make) {
  if (!safe(file.url)) return null;
  const inside = file.kind === 'photo' ? picture(file.url, make) : '';
  const words = file.name ?? new URL(file.url).pathname.split('/').at(-1);
  const name = file.kind === 'photo' ? make('span', { class: 'unseen' }, words) : make('span', {}, words);
  return make('a', { class: `media ${file.kind}`, href: file.url, ...away }, inside, name);
}

function choice({ label, payload }, make, ...content) {
  const button = make('button', { type: 'button' }, ...(content.length ? content : [label]));
  button.dataset.payload = payload;
  button.dataset.label = label;
  return button;
}

function cards(all, make, say) {
  const box = make('div', { class: 'choices cards', role: 'group', 'aria-label': say('choose'), tabindex: '0' });
  for (const { title, subtitle, image, link, buttons } of all) {
    const card = make('article', { class: 'card' });
    if (image && safe(image)) card.append(picture(image, make));
    card.append(make('h2', {}, title));
    if (subtitle) card.append(make('p', {}, subtitle));
    if (link && safe(link.url)) card.append(make('a', { href: link.url, ...away }, link.label));
    card.append(...(buttons ?? []).map((button) => choice(button, make)));
    box.append(card);
  }
  return box;
}

function list({ title, rows }, make) {
  const box = make('div', { class: 'choices list', role: 'group', 'aria-label': title });
  box.append(make('p', { class: 'list-title', 'aria-hidden': 'true' }, title));
  for (const row of rows) {
    const words = [make('strong', {}, row.label)];
    if (row.description) words.push(make('span', {}, row.description));
    box.append(choice(row, make, ...words));
  }
  return box;
}
