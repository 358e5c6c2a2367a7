/**
 * The station file's own migrations, forward only: entry n brings `user_version` from n to n + 1. An
 * entry that has shipped is never edited; a change is a new entry.
 */
export const stationFileMigrations: readonly string[] = [
  `
  -- AUTOINCREMENT: a sequence is never given twice, even after the rows that held it were pruned.
  CREATE TABLE outbox (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    command_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    summary TEXT NOT NULL,
    payload TEXT NOT NULL,
    -- What was captured, where a person mended the payload since.
    original_payload TEXT,
    session_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    person TEXT NOT NULL,
    captured_at INTEGER NOT NULL,
    saved_at INTEGER NOT NULL,
    -- How many waited when this one was acknowledged: the same command again gets the same answer.
    waiting_then INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'quarantined', 'discarded')),
    attempts INTEGER NOT NULL DEFAULT 0,
    problem TEXT,
    discard_reason TEXT,
    delivered_at INTEGER
  ) STRICT;
  CREATE INDEX outbox_waiting ON outbox (sequence) WHERE state = 'waiting';
  CREATE INDEX outbox_quarantined ON outbox (subject, sequence) WHERE state = 'quarantined';
  CREATE INDEX outbox_discarded ON outbox (sequence) WHERE state = 'discarded';
  CREATE INDEX outbox_pending ON outbox (subject, sequence) WHERE state IN ('waiting', 'quarantined');
  CREATE INDEX outbox_delivered ON outbox (delivered_at) WHERE state = 'delivered';

  CREATE TABLE mirror_sets (
    name TEXT PRIMARY KEY,
    replaced_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE mirror_entries (
    set_name TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    stored_at INTEGER NOT NULL,
    PRIMARY KEY (set_name, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Who may sign in here while the database is away, and how often somebody guessed.
  CREATE TABLE offline_people (
    login TEXT PRIMARY KEY,
    verifier TEXT NOT NULL,
    -- Who they are, as the database last said it: SignedIn without its token, as JSON.
    person TEXT NOT NULL,
    verified_at INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    locked_until INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;

  -- Sessions that this station opened by itself, until the database has taken or refused them.
  CREATE TABLE offline_sessions (
    session_id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    opened_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
];
