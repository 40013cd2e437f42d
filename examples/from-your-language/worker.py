#!/usr/bin/env python3
"""Works while this pod holds the lock, and only then. Python 3.8 or later, standard library only."""
import http.client
import json
import os
import threading
import time
import urllib.request

HOLDFAST = os.environ.get("HOLDFAST_URL", "http://127.0.0.1:4040")
LOCK = os.environ.get("LOCK", "reports")
RESOURCE = os.environ.get("RESOURCE_URL", "http://127.0.0.1:8080/report")
ME = os.environ.get("HOSTNAME", "worker")
FAILURES = (OSError, http.client.HTTPException)

# Never through a proxy of the environment: the sidecar is in this pod.
sidecar = urllib.request.build_opener(urllib.request.ProxyHandler({}))
may_work = threading.Event()


def follow():
    """Keeps may_work as the events say. A stream that ends, or is silent for longer than comments come, says stop."""
    while True:
        try:
            with sidecar.open(f"{HOLDFAST}/v1/locks/{LOCK}/events", timeout=10) as stream:
                event = ""
                for line in stream:
                    field, _, value = line.decode().rstrip("\n").partition(": ")
                    if field == "event":
                        event = value
                    elif field == "data" and json.loads(value)["held"] and event != "at-risk":
                        may_work.set()
                    elif field == "data":
                        may_work.clear()
        except FAILURES as failure:
            print(f"no events: {failure}", flush=True)
        may_work.clear()
        time.sleep(1)


def ask():
    """The fencing token, and the moment until which it holds for certain; no token if this pod does not hold."""
    asked = time.monotonic()  # before asking: no delay on the way can make the lock look held for longer
    with sidecar.open(f"{HOLDFAST}/v1/locks/{LOCK}", timeout=5) as answer:
        state = json.load(answer)
    return state["fencingToken"], asked + state["validForMs"] / 1000


def write(token, seconds, text):
    """The guarded action, whatever yours is: it is given up in time, and the resource gets the token."""
    headers = {"Fencing-Token": str(token)}
    request = urllib.request.Request(RESOURCE, text.encode(), headers, method="PUT")
    urllib.request.urlopen(request, timeout=seconds).close()


def work():
    step = 0
    while True:
        may_work.wait()
        try:
            token, until = ask()
            seconds = until - time.monotonic()
            if token is not None and seconds > 0:
                step += 1
                write(token, seconds, f"{ME} {step}")
                print(f"step {step} with token {token}", flush=True)
        except FAILURES as failure:
            print(f"step {step} failed: {failure}", flush=True)
        time.sleep(1)


threading.Thread(target=follow, daemon=True).start()
work()
