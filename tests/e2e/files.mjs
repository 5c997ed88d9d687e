// Files at the desk: attached by choosing, dropping and pasting, sent, shown, and opened by the customer.

import { deflateSync } from 'node:zlib';
import { check, ensure } from './stage.mjs';

const DESK = { viewport: { width: 1440, height: 900 } };

/** A PNG of two colours, without any library. */
function picture(width, height) {
  const crcOf = (bytes) => {
    let crc = ~0;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc >>> 0;
  };
  const chunk = (kind, data) => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const ends = [Buffer.alloc(4), Buffer.alloc(4)];
    ends[0].writeUInt32BE(data.length);
    ends[1].writeUInt32BE(crcOf(body));
    return Buffer.concat([ends[0], body, ends[1]]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const lamp = Math.hypot(x - width / 2, y - height / 2) < height / 3;
      rows.set(lamp ? [250, 200, 90] : [40 + y / 2, 70, 110], y * (1 + width * 3) + 1 + x * 3);
    }
  }
  const mark = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([mark, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

/** Two seconds of a tone. */
function sound() {
  const samples = 16_000;
  const wav = Buffer.alloc(44 + samples);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + samples, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(8_000, 24);
  wav.writeUInt32LE(8_000, 28);
  wav.writeUInt16LE(1, 32);
  wav.writeUInt16LE(8, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples, 40);
  for (let n = 0; n < samples; n += 1) wav[44 + n] = 128 + 60 * Math.sin(n / 4);
  return wav;
}

const PAPER = Buffer.from('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n', 'latin1');

export async function theFiles(browser, house, output) {
  const customer = await browser.open();
  const desk = await browser.open(DESK);
  const attached = desk.locator('#attached li:not([data-coming])');
  const choose = (files) => desk.locator('#attach-files').setInputFiles(files);
  const file = (name, mimeType, buffer) => ({ name, mimeType, buffer });
  /** As somebody who drags a file in, or pastes one. */
  const hand = (kind, target, name) => desk.evaluate(({ kind, target, name }) => {
    const data = new DataTransfer();
    data.items.add(new File(['ordine;stato\n1001;in viaggio\n'], name));
    const options = { bubbles: true, cancelable: true };
    document.querySelector(target).dispatchEvent(kind === 'paste'
      ? new ClipboardEvent(kind, { ...options, clipboardData: data })
      : new DragEvent(kind, { ...options, dataTransfer: data }));
  }, { kind, target, name });

  await check('an agent opens a request', async () => {
    await customer.goto(`${house.url}/chat/frame`);
    await customer.locator('#text').fill('I want to talk to a person');
    await customer.locator('#text').press('Enter');
    await customer.locator('#main').getByText(/passed your request/).waitFor();
    await desk.logIn(house.url, 'anna@demo.example', '/desk');
    await desk.getByRole('combobox', { name: /presence/i }).selectOption('online');
    await desk.waitForFunction(() => !document.querySelector('#next button')?.disabled);
    await desk.locator('#next button').click();
    await desk.waitForURL('**/desk/tickets/**');
  });
  await check('files are attached by button, drop and paste, and taken off again', async () => {
    await desk.locator('#attach').waitFor();
    await choose([file('lamp è.png', 'image/png', picture(480, 320)), file('invoice.pdf', 'application/pdf', PAPER)]);
    await attached.nth(1).waitFor();
    await hand('drop', '#thread', 'orders.csv');
    await attached.nth(2).waitFor();
    await hand('paste', '#reply-text', 'pasted.csv');
    await attached.nth(3).waitFor();
    await attached.nth(3).getByRole('button', { name: 'Remove pasted.csv' }).click();
    ensure(await attached.count() === 3, `${await attached.count()} files`);
    const found = await desk.barriers();
    ensure(found.length === 0, found.join('\n'));
  });
  await check('what waits survives a reload', async () => {
    await desk.reload();
    await attached.nth(2).waitFor();
  });
  await check('a file that is too large, and a program with a picture\'s name, are refused in words', async () => {
    await choose([file('huge.png', 'image/png', Buffer.alloc(21 * 1024 * 1024))]);
    await desk.locator('#toasts').getByText('at most 20 MB').waitFor();
    await choose([file('photo.jpg', 'image/jpeg', Buffer.concat([Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1'), Buffer.alloc(5_000)]))]);
    await desk.locator('#toasts').getByText('cannot be sent').waitFor();
    ensure(await attached.count() === 3, 'it was attached');
  });
  await check('a reply of files alone is sent and shown', async () => {
    await choose([file('voice.wav', 'audio/x-wav', sound())]);
    await attached.nth(3).waitFor();
    await desk.locator('#write-reply button.primary').click();
    const image = desk.locator('#thread .picture img');
    await image.waitFor();
    await desk.waitForFunction(() => document.querySelector('#thread .picture img')?.naturalWidth === 480);
    await desk.locator('#thread audio').waitFor();
    await desk.locator('#thread').getByText('invoice.pdf').waitFor();
    ensure(await attached.count() === 0, 'they still wait');
    ensure((await image.getAttribute('alt')).includes('lamp è.png'), 'no alternative text');
    const found = await desk.barriers();
    ensure(found.length === 0, found.join('\n'));
    const left = () => desk.evaluate(() => {
      const thread = document.getElementById('thread');
      return thread.scrollHeight - thread.scrollTop - thread.clientHeight;
    });
    ensure(await left() < 80, `the thread's end is ${await left()} px away`);
    await desk.screenshot({ animations: 'disabled', path: `${output}/desk-files.png` });
    await desk.emulateMedia({ colorScheme: 'dark' });
    await desk.screenshot({ animations: 'disabled', path: `${output}/desk-files-dark.png` });
    await desk.setViewportSize({ width: 390, height: 844 });
    await desk.locator('#toasts .toast').first().waitFor({ state: 'detached', timeout: 6_000 });
    await desk.locator('#thread').evaluate((thread) => { thread.scrollTop = thread.scrollHeight; });
    await desk.screenshot({ animations: 'disabled', path: `${output}/desk-files-phone.png` });
    ensure(await desk.overflow() <= 0, `${await desk.overflow()} px too wide for a phone`);
  });
  await check('the customer can read them, and nobody else', async () => {
    const address = await desk.locator('#thread .picture img').getAttribute('src');
    const id = address.split('/').pop();
    const key = await customer.evaluate(() => JSON.parse(localStorage.getItem('chat')).key);
    const headers = { 'X-Sportello-Visitor': key };
    const own = await customer.request.get(`${house.url}/chat/files/${id}`, { headers });
    ensure(own.status() === 200 && own.headers()['content-type'] === 'image/png', `${own.status()}`);
    const stranger = await browser.open();
    const other = await stranger.request.get(`${house.url}/chat/files/${id}`);
    ensure(other.status() === 401, `${other.status()}`);
    await stranger.clean();
  });
  await check('no page with files told an error', async () => {
    await customer.clean();
    await desk.clean();
  });
}
