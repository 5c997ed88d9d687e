// A customer's own site, on another origin than the house: it embeds the chat and signs identities.

import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';

/** What the shop's server and the house share. */
export const SECRET = 'a secret of the shop and the house';

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What a shop's server signs for a customer who is logged in. */
export function sign(claims, { secret = SECRET, seconds = 600 } = {}) {
  const exp = Math.floor(Date.now() / 1000) + seconds;
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ exp, ...claims })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** A site whose every page is this: `house()` is asked for the house's address at each request, and the
    query gives the loader's settings. Its own policy is as strict as a shop's can be. */
export async function site(house) {
  const server = createServer((request, answer) => {
    const query = new URL(request.url, 'http://x').searchParams;
    const settings = [...query].filter(([name]) => name !== 'page').map(([name, value]) => ` data-${name}="${value}"`);
    const rtl = query.get('language') === 'ar';
    answer.setHeader('Content-Type', 'text/html; charset=utf-8');
    answer.setHeader('Content-Security-Policy', `default-src 'none'; script-src ${house()}; frame-src ${house()}; img-src data:`);
    answer.end(`<!doctype html><html lang="${query.get('language') ?? 'en'}"${rtl ? ' dir="rtl"' : ''}><head>
      <meta name="viewport" content="width=device-width"><title>Bottega</title><link rel="icon" href="data:,"></head>
      <body><main><h1>Bottega</h1><p><button id="elsewhere">A button of the shop</button></p></main>
      <script src="${house()}/widget.js"${settings.join('')} defer></script></body></html>`);
  });
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  return {
    url: `http://localhost:${server.address().port}`,
    stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}
