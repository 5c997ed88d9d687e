// Prioritised jobs added and processed beside as many that wait as our own queue has, as many at once
// as there are tasks. Prints one line of JSON. With no seconds it only clears what it left.
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

const [url, name, tasks, seconds, waiting] = process.argv.slice(2);
const { hostname, port, username, password, pathname } = new URL(url);
const connection = {
  host: hostname, port: Number(port || 6379), maxRetriesPerRequest: null,
  username: username || undefined, password: password || undefined,
  db: Number(pathname.slice(1) || 0),
};
const concurrency = Number(tasks);
const queue = new Queue(name, { connection });
const client = new Redis(connection);
let serial = 0;

async function processor() {
  const text = await client.info('cpu');
  const field = (key) => Number(text.match(new RegExp(`^${key}:(.*)$`, 'm'))?.[1] ?? NaN);
  const main = field('used_cpu_user_main_thread') + field('used_cpu_sys_main_thread');
  return Number.isNaN(main) ? field('used_cpu_user') + field('used_cpu_sys') : main;
}

function job() {
  const number = serial++;
  const priority = 1 + (number * 7919) % 100_000;
  return { name: 'ticket', data: { number }, opts: { priority, removeOnComplete: true, removeOnFail: true } };
}

async function fill() {
  let missing = Number(waiting) - await queue.getPrioritizedCount();
  for (; missing > 0; missing -= 1000) {
    await queue.addBulk(Array.from({ length: Math.min(1000, missing) }, job));
  }
}

async function add(count) {
  let next = 0;
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (next++ < count) {
      const { name, data, opts } = job();
      await queue.add(name, data, opts);
    }
  }));
}

// Ends when so many are done; a worker stops with what it has begun, so a few more will be.
async function drain(count) {
  let done = 0;
  const worker = new Worker(name, async () => {}, { connection, concurrency, autorun: false });
  await worker.waitUntilReady();
  const enough = new Promise((resolve) => worker.on('completed', () => { if (++done === count) resolve(); }));
  worker.run();
  await enough;
  return { done: () => done, worker };
}

const total = { count: 0, seconds: 0, processor: 0 };
await queue.waitUntilReady();
if (Number(seconds) === 0) {
  await queue.obliterate({ force: true });
} else {
  await fill();
  // What only the first jobs pay for is not counted.
  await add(200);
  await (await drain(200)).worker.close();
}
while (total.seconds < Number(seconds)) {
  const before = await processor();
  const start = performance.now();
  await add(2000);
  const { done, worker } = await drain(2000);
  total.seconds += (performance.now() - start) / 1000;
  total.count += 2000;
  await worker.pause();
  // Half of a job's life is its adding; what was done beyond what was added counts for the other half.
  total.processor += ((await processor()) - before) * 2000 / ((2000 + done()) / 2);
  await worker.close();
}
await queue.close();
await client.quit();
console.log(JSON.stringify(total));
