// How one line of the chat looks.

import { rich } from './rich.js';
import { attached } from './attachment.js';

/** The phrases of the page, by key. */
export const words = JSON.parse(document.getElementById('words').textContent);
const language = document.documentElement.lang;
const sprite = document.querySelector('svg.icon use').getAttribute('href').split('#')[0];
const hour = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const date = new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' });

/** A phrase with its places filled. */
export function say(key, values = {}) {
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), words[key] ?? '');
}

export function make(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...content);
  return element;
}

export function icon(name) {
  const image = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  image.setAttribute('class', 'icon');
  image.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `${sprite}#${name}`);
  image.append(use);
  return image;
}

/** Draws a line below all that stand, before those that were not sent yet. */
export function draw(line, log) {
  const before = line.seq ? log.querySelector('.unsent, .dots') : log.querySelector('.dots');
  day(line, log, before);
  const bubble = make('div', { class: `bubble ${line.from} fresh` });
  const by = { you: say('you'), bot: say('bot'), agent: line.name ?? '' }[line.from];
  const author = make('span', { class: follows(line, log, before) ? 'by unseen' : 'by' }, by);
  bubble.append(author);
  if (line.text) bubble.append(said(line.text));
  for (const file of line.attachments ?? []) bubble.append(attached(file));
  bubble.dataset.from = line.from + (line.name ?? '');
  log.insertBefore(bubble, before);
  settled(bubble, line);
  for (const piece of rich(line, make, say)) log.insertBefore(piece, before);
  const choices = offered(line);
  if (choices) log.insertBefore(choices, before);
  return bubble;
}

/** An unsent line that the house has now: its place is after all that the house said before. */
export function settle(bubble, line, log) {
  bubble.classList.remove('unsent', 'refused');
  delete bubble.dataset.client;
  const first = log.querySelector('.unsent');
  if (first && first.compareDocumentPosition(bubble) & Node.DOCUMENT_POSITION_FOLLOWING) log.insertBefore(bubble, first);
  settled(bubble, line);
}

function settled(bubble, line) {
  bubble.dataset.at = line.at;
  bubble.title = hour.format(line.at);
  if (!line.seq) return;
  bubble.dataset.seq = line.seq;
  if (line.from === 'you' && !bubble.querySelector('.unseen.sent')) {
    bubble.append(make('span', { class: 'meta' }, hour.format(line.at), icon('check')));
  }
}

/** Whether the line before is of the same author, so that the name need not stand again. */
function follows(line, log, before) {
  const last = before ? before.previousElementSibling : log.lastElementChild;
  return line.from === 'you' || last?.dataset?.from === line.from + (line.name ?? '');
}

/** A separator where the day changes. */
function day(line, log, before) {
  const key = new Date(line.at).toDateString();
  if ([...log.querySelectorAll('.day')].at(-1)?.dataset.day === key) return;
  const today = new Date(), yesterday = new Date(today.getTime() - 86_400_000);
  const name = key === today.toDateString() ? say('today')
    : key === yesterday.toDateString() ? say('yesterday') : date.format(line.at);
  const separator = make('p', { class: 'day' }, name);
  separator.dataset.day = key;
  log.insertBefore(separator, before);
}

/** Text with its addresses made into links; nothing else of it is ever read as markup. */
function said(text) {
  const paragraph = make('p', { dir: 'auto' });
  let rest = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]/g)) {
    paragraph.append(text.slice(rest, match.index), link(match[0]));
    rest = match.index + match[0].length;
  }
  paragraph.append(text.slice(rest));
  return paragraph;
}

function link(address) {
  const own = URL.canParse(address) && new URL(address).protocol.startsWith('http');
  return own ? make('a', { href: address, target: '_blank', rel: 'noopener noreferrer nofollow' }, address) : address;
}

/** The choices of a line: buttons, or stars when it asks for a rating. */
function offered(line) {
  if (!line.buttons?.length) return null;
  if (line.buttons.every((button) => /^r:[^:]+:[1-5]$/.test(button.payload))) return stars(line);
  const box = make('div', { class: 'choices', role: 'group', 'aria-label': say('choose') });
  for (const { label, payload } of line.buttons) {
    const button = make('button', { type: 'button' }, label);
    button.dataset.payload = payload;
    button.dataset.label = label;
    box.append(button);
  }
  return box;
}

function stars(line) {
  const field = make('fieldset', { class: 'choices rating' }, make('legend', {}, say('rate')));
  for (const { label, payload } of line.buttons) {
    const n = payload.split(':').at(-1);
    const radio = make('input', { type: 'radio', class: 'unseen', name: `rating-${line.seq}`, value: payload, required: '' });
    radio.dataset.label = label;
    field.append(make('label', { title: say('star', { n }) }, radio, make('span', { class: 'unseen' }, say('star', { n })), icon('star')));
  }
  const send = make('button', { class: 'primary' }, say('rate_send'));
  return make('form', { class: 'rate' }, field, send);
}
