// A conversation with the real binary through telegram-test-api, a Telegram that nobody here wrote.
//
//   node telegram-talk.cjs BINARY      with NODE_PATH where telegram-test-api is installed
//
// What the package gets wrong is corrected on its own list of routes, and nowhere else: who the bot is
// (is_bot is missing), an answered press (Telegram says true), the typing sign (it has none), an empty
// poll (it answers at once, so that a bot asks a thousand times a second), dates in ms, and presses
// without their chat_instance.

const { spawn } = require('node:child_process');
const { mkdtempSync, rmSync } = require('node:fs');
const { createServer } = require('node:net');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const [binary] = process.argv.slice(2);
const TOKEN = '424242:AACrossCheckCrossCheckCrossCheckCross';
const LIMIT = 30_000;
const CHAT = 77;
const failures = [];
let checks = 0;

const { routes } = require('telegram-test-api/lib/routes');
const ok = (result) => ({ ok: true, result });
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
routes.unshift((app, server) => {
  app.all('/bot:token/getMe', (_request, response) => response.json(ok({
    id: 424242, is_bot: true, first_name: 'Cross', username: 'cross_check_bot', can_join_groups: true,
    can_read_all_group_messages: false, supports_inline_queries: false, can_connect_to_business: false,
    has_main_web_app: false,
  })));
  app.all('/bot:token/answerCallbackQuery', (_request, response) => response.json(ok(true)));
  app.all('/bot:token/sendChatAction', (_request, response) => response.json(ok(true)));
  app.all('/bot:token/getUpdates', async (request, response) => {
    const until = Date.now() + 1_000;
    let updates = server.getUpdates(request.params.token);
    while (updates.length === 0 && Date.now() < until) {
      await pause(20);
      updates = server.getUpdates(request.params.token);
    }
    response.json(ok(updates));
  });
  const add = server.addBotMessage.bind(server);
  server.addBotMessage = (message, token) => {
    const added = add(message, token);
    return { ...added, date: Math.floor(added.date / 1_000) };
  };
});
process.on('unhandledRejection', (error) => failures.push(`telegram-test-api: ${error}`));

const TelegramServer = require('telegram-test-api');

const { TelegramServer: Inner } = require('telegram-test-api/lib/telegramServer');
const format = Inner.formatUpdate;
Inner.formatUpdate = (update) => {
  const made = format(update);
  if (made.callback_query) made.callback_query.chat_instance = '-31415926';
  return made;
};

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** What the bot has said so far, in order. */
function said(server) {
  return server.storage.botMessages.filter((it) => String(it.message.chat_id) === String(CHAT));
}

/** Waits for the message number `n` (from 1). */
async function message(server, n, child) {
  const until = Date.now() + LIMIT;
  while (said(server).length < n) {
    if (child.exitCode !== null) throw new Error(`the binary ended with ${child.exitCode}: ${child.told}`);
    if (Date.now() > until) {
      throw new Error(`message ${n} did not come; so far: ${JSON.stringify(said(server).map((it) => it.message.text))}\n${child.told}`);
    }
    await pause(20);
  }
  return said(server)[n - 1].message;
}

function expect(what, text, pattern) {
  checks += 1;
  const held = pattern.test(text);
  console.log(`  ${held ? 'ok  ' : 'FAIL'}  ${what}: ${JSON.stringify(text.slice(0, 90))}`);
  if (!held) failures.push(`${what}: ${text} does not match ${pattern}`);
}

const buttons = (shown) => (shown.reply_markup?.inline_keyboard ?? []).flat();

async function talk(server, child) {
  const client = server.getClient(TOKEN, { userId: CHAT, chatId: CHAT, firstName: 'Ada' });
  const says = (text) => client.sendMessage(client.makeMessage(text, { from: { language_code: 'it' } }));
  const presses = (button, under) => client.sendCallback(client.makeCallbackQuery(button.callback_data, {
    message: { message_id: under, date: Math.floor(Date.now() / 1_000), text: 'x', reply_markup: { inline_keyboard: [[button]] } },
  }));

  await client.sendCommand(client.makeCommand('/start order_AB123456', { from: { language_code: 'it' } }));
  const hello = await message(server, 1, child);
  expect('a link opens the conversation', hello.text, /assistente automatico/);
  expect('with a menu of buttons', buttons(hello).map((it) => it.callback_data).join(' '), /i:order_status.*person/);

  await says('a che ora aprite?');
  expect('a question is answered', (await message(server, 2, child)).text, /\d/);

  await presses(buttons(hello).find((it) => it.callback_data === 'i:order_status'), 1);
  const asked = await message(server, 3, child);
  expect('the form does not ask what the link said', asked.text, /^(?!.*numero dell'ordine).*e-?mail/is);
  expect('and can be stopped', buttons(asked).map((it) => it.callback_data).join(' '), /cancel_form/);
  await presses(buttons(asked).find((it) => it.callback_data === 'cancel_form'), 3);
  expect('a press stops the form', (await message(server, 4, child)).text, /mi fermo qui/);

  await says("l'articolo è arrivato rotto");
  expect('a complaint is taken up, and its order is known', (await message(server, 5, child)).text, /Quale articolo/);

  const before = said(server).length;
  await says('voglio parlare con una persona');
  await message(server, before + 1, child);
  await message(server, before + 2, child);
  const handed = said(server).slice(before).map((it) => it.message.text).join(' | ');
  expect('a person is called in words', handed, /La passo a una persona.*Ho passato la Sua richiesta/s);
}

async function main() {
  const port = await freePort();
  const server = new TelegramServer({ port, host: '127.0.0.1' });
  await server.start();
  const folder = mkdtempSync(join(tmpdir(), 'sportello-talk-'));
  const settings = {
    HTTP__LISTEN: `127.0.0.1:${await freePort()}`,
    DATABASE__URL: `sqlite://${join(folder, 'talk.db')}`,
    QUEUE__URL: 'memory:',
    CHANNELS__TELEGRAM__SHOP__TOKEN: TOKEN,
    CHANNELS__TELEGRAM__SHOP__API_ROOT: `http://127.0.0.1:${port}`,
  };
  const env = { ...process.env };
  for (const [name, value] of Object.entries(settings)) env[`SPORTELLO__${name}`] = value;
  const child = spawn(binary, ['serve'], { env, cwd: folder });
  child.told = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { child.told += data; });
  try {
    await talk(server, child);
  } catch (error) {
    failures.push(String(error));
  }
  child.kill('SIGTERM');
  await new Promise((resolve) => { child.once('exit', resolve); setTimeout(resolve, 10_000).unref(); });
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
  for (const failure of failures) console.log(failure);
  const { version } = require('telegram-test-api/package.json');
  console.log(`telegram-test-api ${version}: ${checks} checks, ${failures.length} failed`);
  process.exit(failures.length === 0 ? 0 : 1);
}

main();
