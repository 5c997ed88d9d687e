// What the browser tests stand on: the demo as a child process, the browser, and a count of checks.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LIMIT = 20_000;
let passed = 0;
let failed = 0;

/** One check; the others go on when it fails. */
export async function check(name, body) {
  const began = Date.now();
  try {
    await body();
    passed += 1;
    console.log(`  ok    ${name} (${Date.now() - began} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`  FAIL  ${name}\n${String(error?.stack ?? error).split('\n').map((line) => `        ${line}`).join('\n')}`);
  }
}

export const totals = () => ({ passed, failed });

/** Fails unless it is so. */
export function ensure(so, what) {
  if (!so) throw new Error(what);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Starts the demo in a folder of its own, with settings such as ROUTING__MODE, and waits until it answers. */
export async function serve(args, settings = {}) {
  const binary = process.env.SPORTELLO_TEST_BINARY ?? 'target/debug/sportello';
  const folder = mkdtempSync(join(tmpdir(), 'sportello-e2e-'));
  const port = await freePort();
  const named = Object.entries(settings).map(([name, value]) => [`SPORTELLO__${name}`, value]);
  const env = { ...process.env, ...Object.fromEntries(named) };
  const child = spawn(binary, ['demo', '--port', String(port), '--data', folder, ...args], { env });
  let told = '';
  child.stderr.on('data', (data) => { told += data; });
  await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}: ${told}`)));
    child.stdout.on('data', (data) => { if (String(data).includes('Sportello demo')) resolve(); });
    setTimeout(() => reject(new Error(`the demo did not start: ${told}`)), 60_000).unref();
  });
  child.removeAllListeners('exit');
  return {
    url: `http://127.0.0.1:${port}`,
    began: Date.now(),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const code = await ended;
      rmSync(folder, { recursive: true, force: true });
      ensure(code === 0, `the demo stopped with ${code}: ${told}`);
    },
  };
}

/** Starts the browser. */
export async function launch() {
  const browser = await chromium.launch({
    executablePath: process.env.SPORTELLO_TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking'],
  });
  return {
    open: (options) => open(browser, options),
    close: () => browser.close(),
  };
}

/** A page of its own context that remembers every error it told. */
async function open(browser, options = {}) {
  // Without motion: what fades in has no contrast to measure yet.
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
  context.setDefaultTimeout(LIMIT);
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(`${page.url()}: ${error}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4(09|22)/.test(message.text())) {
      errors.push(`${page.url()}: ${message.text()} ${message.location().url}`);
    }
  });
  return Object.assign(page, {
    /** Logs in through the form. */
    async logIn(url, email, next) {
      await page.goto(`${url}/login?next=${encodeURIComponent(next)}`);
      await page.locator('input[type=email]').fill(email);
      await page.locator('input[type=password]').fill('sportello-demo');
      await page.keyboard.press('Enter');
      await page.waitForURL((at) => at.pathname === next.split('?')[0]);
    },
    /** No page of this context told an error; closes it. */
    async clean() {
      await context.close();
      ensure(errors.length === 0, errors.join('\n'));
    },
    /** Serious findings of axe; the page's own policy forbids inline scripts, so it is evaluated. */
    async barriers() {
      await page.evaluate(axe);
      const found = await page.evaluate(async () => {
        const run = await globalThis.axe.run(document, {
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
        });
        return run.violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html).join(' | ')}`);
      });
      return found;
    },
    /** How far the page is wider than its window. */
    overflow: () => page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    ),
  });
}
