import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import {
  assertIdPrefix,
  assertSessionId,
  parseRecord,
  parseTombstone,
  storable,
  UnreadableRecordError,
} from 'moin-sessions';
import { Database } from './database.mjs';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, text TEXT NOT NULL, user TEXT, expires INTEGER) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions (user) WHERE user IS NOT NULL;
  CREATE INDEX IF NOT EXISTS sessions_by_expires ON sessions (expires);
  CREATE TABLE IF NOT EXISTS tombstones (id TEXT PRIMARY KEY, text TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS secrets (only INTEGER PRIMARY KEY CHECK (only = 1), secret BLOB NOT NULL);
`;
const BY_ID = 'SELECT id, text FROM sessions WHERE id = ?';
const ALIVE = `${BY_ID} AND NOT EXISTS (SELECT 1 FROM tombstones WHERE tombstones.id = sessions.id)`;
const BY_PREFIX = 'SELECT id, text FROM sessions WHERE id BETWEEN ? AND ? AND id > ? ORDER BY id LIMIT ?';
const BY_USER = 'SELECT id, text FROM sessions WHERE user = ? AND id > ? ORDER BY id LIMIT ?';
const EXPIRED = `SELECT id, expires FROM sessions
  WHERE expires <= ? AND (expires, id) > (?, ?) ORDER BY expires, id LIMIT ?`;
const KEEP = 'INSERT OR REPLACE INTO sessions (id, text, user, expires) VALUES (?, ?, ?, ?)';

/**
 * Sessions in one SQLite file, for all processes of one machine. The column `text` is the record; `user` and `expires` repeat
 * what it says, for the indexes.
 * @implements {import('moin-sessions').SessionStore}
 * @implements {import('moin-sessions').SecretKeeper}
 */
export class SqliteStore {
  #database;

  /** Touches no file. @param {string} path the file; the first change makes it, in a folder that exists */
  constructor(path) {
    this.path = resolve(path);
    this.location = `sqlite:${this.path}`;
    this.#database = new Database(this.path, SCHEMA);
  }

  async open() {
    this.#database.open();
  }

  async find(id) {
    assertSessionId(id);
    return recordOf(this.#database.get(ALIVE, id));
  }

  async create(record) {
    const { id, seen } = record;
    assertSessionId(id);
    const stored = storable(id, record);
    return this.#database.change(() => {
      if ((this.#tombstone(id)?.until ?? 0) > seen) return 'gone';
      if (this.#database.get(BY_ID, id) !== undefined) return 'exists';
      this.#database.run('DELETE FROM tombstones WHERE id = ?', id);
      this.#keep(stored);
      return 'created';
    });
  }

  async update(id, change) {
    assertSessionId(id);
    return this.#database.change(() => {
      const current = recordOf(this.#database.get(ALIVE, id));
      const revision = (current?.revision ?? 0) + 1; // read before `change`, which may change what it gets
      const next = current && change(current);
      if (next === null) return null;
      const stored = storable(id, { ...next, revision });
      this.#keep(stored);
      return stored.record;
    });
  }

  async delete(id, { when, tombstone, keepUnreadable } = {}) {
    assertSessionId(id);
    return this.#database.change(() => {
      const row = this.#database.get(BY_ID, id);
      const { record, bytes } = row ? entryOf(row) : { record: null, bytes: 0 };
      if (row && when && !(record && when(record))) return { removed: false, record, bytes };
      const isCovered = !row && this.#tombstone(id)?.successor !== undefined;
      if (tombstone && !isCovered) this.#bury(id, tombstone);
      if (row && record === null && keepUnreadable) return { removed: false, record, bytes };
      return { removed: this.#database.run('DELETE FROM sessions WHERE id = ?', id) > 0, record, bytes };
    });
  }

  async tombstone(id) {
    assertSessionId(id);
    return this.#tombstone(id);
  }

  async *scan({ prefix = '' } = {}) {
    assertIdPrefix(prefix);
    // 'g' comes behind each hex digit.
    for (const row of this.#database.pages(BY_PREFIX, [prefix, `${prefix}g`], [''], ({ id }) => [id]))
      yield entryOf(row);
  }

  async *expiryCandidates(at) {
    const first = [Number.MIN_SAFE_INTEGER, ''];
    for (const { id } of this.#database.pages(EXPIRED, [at], first, ({ expires, id }) => [expires, id]))
      yield id;
  }

  async *findByUser(userId) {
    for (const row of this.#database.pages(BY_USER, [keyOf(userId)], [''], ({ id }) => [id]))
      yield entryOf(row);
  }

  async sweep(at) {
    return this.#database.change(() => this.#database.run('DELETE FROM tombstones WHERE until <= ?', at));
  }

  async secret({ create }) {
    if (create)
      this.#database.change(() =>
        this.#database.run('INSERT OR IGNORE INTO secrets VALUES (1, ?)', randomBytes(32)),
      );
    const row = this.#database.get('SELECT secret FROM secrets');
    return row === undefined ? null : Buffer.from(row.secret);
  }

  async close() {
    this.#database.close();
  }

  /** Puts a text in place of a record, as an older version or a bad disk may leave it: for the checks. */
  plant(id, text) {
    this.#database.run(KEEP, id, text, null, null);
  }

  #keep({ record: { id, user, expires }, text }) {
    this.#database.run(KEEP, id, text, user && keyOf(user.id), expires);
  }

  #bury(id, tombstone) {
    this.#database.run(
      'INSERT OR REPLACE INTO tombstones VALUES (?, ?, ?)',
      id,
      JSON.stringify(tombstone),
      tombstone.until,
    );
  }

  #tombstone(id) {
    return parseTombstone(this.#database.get('SELECT text FROM tombstones WHERE id = ?', id)?.text ?? '');
  }
}

function recordOf(row) {
  return row === undefined ? null : parseRecord(row.id, row.text);
}

function entryOf({ id, text }) {
  const bytes = Buffer.byteLength(text);
  try {
    return { id, bytes, record: parseRecord(id, text) };
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    return { id, bytes, record: null, unreadable: error.reason };
  }
}

/** JSON keeps user ids apart that SQLite's UTF-8 would mix up: those with lone surrogates or NUL. */
function keyOf(userId) {
  return JSON.stringify(userId);
}
