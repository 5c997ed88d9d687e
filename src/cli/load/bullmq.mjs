// Prioritised jobs added and processed, as many at once as there are tasks. Prints one line of JSON.
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

const [url, name, tasks, seconds] = process.argv.slice(2);
const { hostname, port, username, password, pathname } = new URL(url);
const connection = {
  host: hostname, port: Number(port || 6379), maxRetriesPerRequest: null,
  username: username || undefined, password: password || undefined,
  db: Number(pathname.slice(1) || 0),
};
const concurrency = Number(tasks);
const queue = new Queue(name, { connection });
const client = new Redis(connection);

async function processor() {
  const text = await client.info('cpu');
  const field = (key) => Number(text.match(new RegExp(`^${key}:(.*)$`, 'm'))?.[1] ?? NaN);
  const main = field('used_cpu_user_main_thread') + field('used_cpu_sys_main_thread');
  return Number.isNaN(main) ? field('used_cpu_user') + field('used_cpu_sys') : main;
}

async function add(count) {
  let next = 0;
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (next < count) {
      const number = next++;
      await queue.add('ticket', { number }, {
        priority: 1 + (number * 7919) % 100_000, removeOnComplete: true, removeOnFail: true,
      });
    }
  }));
}

async function drain(count) {
  let left = count;
  const worker = new Worker(name, async () => {}, { connection, concurrency, autorun: false });
  await worker.waitUntilReady();
  const done = new Promise((resolve) => worker.on('completed', () => { if (--left === 0) resolve(); }));
  worker.run();
  await done;
  return worker;
}

const total = { count: 0, seconds: 0, processor: 0 };
await queue.waitUntilReady();
// What only the first jobs pay for is not counted.
await add(200);
await (await drain(200)).close();
while (total.seconds < Number(seconds)) {
  const before = await processor();
  const start = performance.now();
  await add(2000);
  const worker = await drain(2000);
  total.seconds += (performance.now() - start) / 1000;
  total.processor += (await processor()) - before;
  total.count += 2000;
  await worker.close();
}
await queue.obliterate({ force: true });
await queue.close();
await client.quit();
console.log(JSON.stringify(total));
