-- Fencing tokens in SQL, for PostgreSQL and SQLite from 3.35 on. A word with a colon is a parameter of your driver.

-- One row guarded: it carries the token of its last writer.
CREATE TABLE report (id TEXT PRIMARY KEY, body TEXT NOT NULL, token BIGINT NOT NULL);

-- No row comes back when a newer holder has written: stop.
UPDATE report SET body = :body, token = :token
WHERE id = :id AND token <= :token
RETURNING token;

-- Several tables guarded: one row for each lock, with the largest token that has written.
CREATE TABLE fence (lock TEXT PRIMARY KEY, token BIGINT NOT NULL);

-- First in the transaction of the writes: no row means ROLLBACK. Until COMMIT, others with a token wait here.
INSERT INTO fence (lock, token) VALUES (:lock, :token)
ON CONFLICT (lock) DO UPDATE SET token = excluded.token WHERE fence.token <= excluded.token
RETURNING token;
