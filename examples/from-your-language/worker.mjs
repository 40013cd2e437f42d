#!/usr/bin/env node
// Works while this pod holds the lock, and only then. Node 20 or later, no packages.
import { setTimeout as sleep } from "node:timers/promises";

const holdfast = process.env.HOLDFAST_URL ?? "http://127.0.0.1:4040";
const lock = process.env.LOCK ?? "reports";
const resource = process.env.RESOURCE_URL ?? "http://127.0.0.1:8080/report";
const me = process.env.HOSTNAME ?? "worker";

let mayWork = false;

// The server-sent events of a stream, until it ends.
async function* eventsOf(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(await answer.text());
  let event = "";
  let rest = "";
  for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      if (line.startsWith("event: ")) event = line.slice("event: ".length);
      if (line.startsWith("data: ")) yield { event, state: JSON.parse(line.slice("data: ".length)) };
    }
  }
}

// Keeps mayWork as the events say. A stream that ends says stop.
async function follow() {
  for (;;) {
    try {
      for await (const { event, state } of eventsOf(`${holdfast}/v1/locks/${lock}/events`)) {
        mayWork = state.held && event !== "at-risk";
      }
    } catch (failure) {
      console.log(`no events: ${failure.message}`);
    }
    mayWork = false;
    await sleep(1000);
  }
}

// The fencing token, and the moment until which it holds for certain; no token if this pod does not hold.
async function ask() {
  const asked = performance.now(); // before asking: no delay on the way can make the lock look held for longer
  const answer = await fetch(`${holdfast}/v1/locks/${lock}`, { signal: AbortSignal.timeout(5000) });
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
  for (let step = 0; ; await sleep(1000)) {
    if (!mayWork) continue;
    try {
      const { token, until } = await ask();
      const left = Math.floor(until - performance.now());
      if (token !== null && left > 0) {
        await write(token, left, `${me} ${++step}`);
        console.log(`step ${step} with token ${token}`);
      }
    } catch (failure) {
      console.log(`step ${step} failed: ${failure.message}`);
    }
  }
}

await Promise.all([follow(), work()]);
