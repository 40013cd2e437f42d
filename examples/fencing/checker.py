#!/usr/bin/env python3
"""A resource that refuses whoever has an old fencing token. Usage: checker.py [PORT [FILE]]

PUT /NAME with the header Fencing-Token writes: 204, or 409 if a newer holder has written. GET /NAME reads.
The tokens are kept with the values, in SQLite: a resource that forgets its tokens refuses nobody.
"""
import contextlib
import sqlite3
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
FILE = sys.argv[2] if len(sys.argv) > 2 else "resource.db"

CREATE = "CREATE TABLE IF NOT EXISTS resource (name TEXT PRIMARY KEY, token INTEGER NOT NULL, value BLOB NOT NULL)"
# One statement checks and writes, so nothing can come between.
WRITE = """
INSERT INTO resource (name, token, value) VALUES (?, ?, ?)
ON CONFLICT (name) DO UPDATE SET token = excluded.token, value = excluded.value
WHERE resource.token <= excluded.token
"""
READ = "SELECT token, value FROM resource WHERE name = ?"


@contextlib.contextmanager
def database():
    with contextlib.closing(sqlite3.connect(FILE, timeout=10)) as connection, connection:
        yield connection


class Resource(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        token = self.headers.get("Fencing-Token", "")
        value = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not token.isdecimal() or int(token) >= 2**53:
            self.answer(428, b"say with which fencing token, in the header Fencing-Token\n")
            return
        with database() as connection:
            written = connection.execute(WRITE, (self.path, int(token), value)).rowcount == 1
        if written:
            self.answer(204)
        else:
            self.answer(409, b"a newer holder has written; stop\n")

    def do_GET(self):
        with database() as connection:
            row = connection.execute(READ, (self.path,)).fetchone()
        if row:
            self.answer(200, row[1], row[0])
        else:
            self.answer(404, b"nobody has written yet\n")

    def answer(self, status, body=b"", token=None):
        self.send_response(status)
        if token is not None:
            self.send_header("Fencing-Token", str(token))
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


with database() as connection:
    connection.execute(CREATE)
with ThreadingHTTPServer(("127.0.0.1", PORT), Resource) as server:
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
