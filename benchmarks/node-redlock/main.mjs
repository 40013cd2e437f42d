// node-redlock's side: told on standard input what to run, answers one line of JSON each on standard output.
//   latency KEY MS            -> nanoseconds of each acquire + release pair, one caller
//   throughput KEY CALLERS MS -> [pairs, elapsed nanoseconds]
import { createInterface } from "node:readline";
import Redis from "ioredis";
import Redlock from "redlock";

const LEASE_MS = 30_000;
const [writes, ...ports] = process.argv.slice(2);
const clients = ports.map(
  (port) => new Redis({ host: "127.0.0.1", port: Number(port), enableAutoPipelining: writes === "AUTO_PIPELINED" }),
);
const redlock = new (Redlock.default ?? Redlock)(clients, { retryCount: 0 });

async function pair(key) {
  const lock = await redlock.acquire(key, LEASE_MS);
  await lock.release();
}

async function latency(key, ms) {
  const nanos = [];
  const end = process.hrtime.bigint() + BigInt(ms) * 1_000_000n;
  for (let start = process.hrtime.bigint(); start < end; ) {
    await pair([key]);
    const now = process.hrtime.bigint();
    nanos.push(Number(now - start));
    start = now;
  }
  return nanos;
}

async function throughput(key, callers, ms) {
  let pairs = 0;
  const start = process.hrtime.bigint();
  const end = start + BigInt(ms) * 1_000_000n;
  const caller = async (own) => {
    while (process.hrtime.bigint() < end) {
      await pair(own);
      pairs++;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, i) => caller([`${key}-${i}`])));
  return [pairs, Number(process.hrtime.bigint() - start)];
}

for await (const line of createInterface({ input: process.stdin })) {
  const [what, key, ...numbers] = line.split(" ");
  const run = what === "latency" ? latency : throughput;
  console.log(JSON.stringify(await run(key, ...numbers.map(Number))));
}
process.exit(0);
