#!/usr/bin/env node
// Works on one order; on each order only one at a time, in all pods together. Usage: keyed.mjs ORDER [STEPS]
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const holdfast = process.env.HOLDFAST_URL ?? "http://127.0.0.1:4040";
const lock = process.env.LOCK ?? "orders";
const resource = process.env.RESOURCE_URL ?? "http://127.0.0.1:8080/order";
const me = process.env.HOSTNAME ?? "worker";
const [order, steps = "3"] = process.argv.slice(2);

// Takes the key, and holds it for as long as the connection is open: when this process ends, however it does, it is released at once.
function hold(key) {
  const url = `${holdfast}/v1/locks/${lock}/keys/${encodeURIComponent(key)}/hold?wait=60s`;
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", function first(more) {
        text += more;
        const acquired = text.match(/^data: (.*)\n/m);
        if (acquired) {
          answer.off("data", first).resume(); // what comes later is read, and told by asking as well
          resolve({ lease: JSON.parse(acquired[1]).leaseId, release: () => request.destroy() });
        }
      });
      answer.on("close", () => reject(new Error(`not held: ${text}`)));
      answer.on("error", () => {}); // close comes next
    });
    request.on("error", reject);
  });
}

// The fencing token, and the moment until which it holds for certain.
async function ask(lease) {
  const asked = performance.now(); // before asking: no delay on the way can make the key look held for longer
  const answer = await fetch(`${holdfast}/v1/leases/${lease}`, { signal: AbortSignal.timeout(5000) });
  if (!answer.ok) throw new Error(await answer.text());
  const state = await answer.json();
  return { token: state.fencingToken, until: asked + state.validForMs };
}

// The guarded action, whatever yours is: it is given up in time, and the resource gets the token.
async function write(token, milliseconds, text) {
  const answer = await fetch(resource, {
    method: "PUT",
    headers: { "Fencing-Token": String(token) },
    body: text,
    signal: AbortSignal.timeout(milliseconds),
  });
  if (!answer.ok) throw new Error(`the resource answers ${answer.status}`);
}

async function work() {
  const { lease, release } = await hold(order);
  try {
    for (let step = 1; step <= Number(steps); step++) {
      const { token, until } = await ask(lease);
      const left = Math.floor(until - performance.now());
      if (left <= 0) throw new Error("the answer came too late");
      await write(token, left, `${me} ${step}`);
      console.log(`step ${step} of ${order} with token ${token}`);
      await sleep(1000);
    }
  } finally {
    release();
  }
}

await work().catch((failure) => {
  console.error(`stopped: ${failure.message}`);
  process.exitCode = 1;
});
