#!/usr/bin/env python3
"""Works on one order; on each order only one at a time, in all pods together. Usage: keyed.py ORDER [STEPS]"""
import http.client
import json
import os
import sys
import time
import urllib.parse
import urllib.request

HOLDFAST = os.environ.get("HOLDFAST_URL", "http://127.0.0.1:4040")
LOCK = os.environ.get("LOCK", "orders")
RESOURCE = os.environ.get("RESOURCE_URL", "http://127.0.0.1:8080/order")
ME = os.environ.get("HOSTNAME", "worker")

sidecar = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def acquired(stream):
    """The id of the lease that the first event tells."""
    for line in stream:
        if line.startswith(b"data: "):
            return json.loads(line[len("data: "):])["leaseId"]
    raise http.client.HTTPException("the stream ended before the key was held")


def ask(lease):
    """The fencing token, and the moment until which it holds for certain. An error, 410 Gone, if it is lost."""
    asked = time.monotonic()  # before asking: no delay on the way can make the key look held for longer
    with sidecar.open(f"{HOLDFAST}/v1/leases/{lease}", timeout=5) as answer:
        state = json.load(answer)
    return state["fencingToken"], asked + state["validForMs"] / 1000


def write(token, seconds, text):
    """The guarded action, whatever yours is: it is given up in time, and the resource gets the token."""
    headers = {"Fencing-Token": str(token)}
    request = urllib.request.Request(RESOURCE, text.encode(), headers, method="PUT")
    urllib.request.urlopen(request, timeout=seconds).close()


def work(order, steps):
    key = urllib.parse.quote(order, safe="")
    # Held for as long as this stream is open: when this process ends, however it does, the key is released at once.
    with sidecar.open(f"{HOLDFAST}/v1/locks/{LOCK}/keys/{key}/hold?wait=60s", timeout=70) as stream:
        lease = acquired(stream)
        for step in range(1, steps + 1):
            token, until = ask(lease)
            seconds = until - time.monotonic()
            if seconds <= 0:
                raise TimeoutError("the answer came too late")
            write(token, seconds, f"{ME} {step}")
            print(f"step {step} of {order} with token {token}", flush=True)
            time.sleep(1)


try:
    work(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3)
except (OSError, http.client.HTTPException) as failure:
    sys.exit(f"stopped: {failure}")
