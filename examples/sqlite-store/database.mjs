import { accessSync, closeSync, constants, existsSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from 'moin-sessions';

/** How long (ms) a process waits for another one that writes. It waits in SQLite and serves nothing meanwhile. */
const PATIENCE = 10_000;

/**
 * One SQLite file: statements that are prepared once, transactions, and faults that name their remedy. The first change makes
 * the file; until then there are no rows.
 */
export class Database {
  #database;
  #path;
  #schema;
  #statements = new Map();

  /** Touches no file. @param schema makes the tables that are missing */
  constructor(path, schema) {
    this.#path = path;
    this.#schema = schema;
  }

  /** Connects, if there is a file; else looks whether it could be made. */
  open() {
    this.#guarded(() => {
      if (!this.#connectIfThere()) accessSync(dirname(this.#path), constants.W_OK);
    });
  }

  /** The first row, or undefined. */
  get(sql, ...values) {
    return this.#guarded(() => (this.#connectIfThere() ? this.#statement(sql).get(...values) : undefined));
  }

  /** Gives the number of rows that changed. */
  run(sql, ...values) {
    return this.#guarded(() => {
      this.#connect();
      return Number(this.#statement(sql).run(...values).changes);
    });
  }

  /**
   * Yields all rows, page by page: the caller may write in between.
   * @param sql ends with the values of a place and with the size of a page
   * @param after the place of the first page
   * @param placeOf gives the place behind a row
   */
  *pages(sql, values, after, placeOf, size = 500) {
    let place = after;
    let rows;
    do {
      rows = this.#guarded(() =>
        this.#connectIfThere() ? this.#statement(sql).all(...values, ...place, size) : [],
      );
      yield* rows;
      if (rows.length > 0) place = placeOf(rows.at(-1));
    } while (rows.length === size);
  }

  /** One transaction. IMMEDIATE takes the lock for writing first: what `work` reads stays true until it has written. */
  change(work) {
    this.run('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.run('COMMIT');
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** A later call connects again. */
  close() {
    this.#statements.clear();
    this.#database?.close();
    this.#database = undefined;
  }

  #connectIfThere() {
    if (this.#database === undefined && !existsSync(this.#path)) return false;
    this.#connect();
    return true;
  }

  #connect() {
    if (this.#database !== undefined) return;
    closeSync(openSync(this.#path, 'a', 0o600)); // SQLite itself would let everybody read a new file
    const database = new DatabaseSync(this.#path);
    database.exec(`PRAGMA busy_timeout = ${PATIENCE}; PRAGMA journal_mode = WAL; ${this.#schema}`);
    this.#database = database;
  }

  #rollBack() {
    try {
      this.run('ROLLBACK');
    } catch {
      // On a full disk SQLite has rolled back by itself. The error to tell is the one of before.
    }
  }

  #statement(sql) {
    if (!this.#statements.has(sql)) this.#statements.set(sql, this.#database.prepare(sql));
    return this.#statements.get(sql);
  }

  /** Turns a fault of SQLite or of the disk into a `StoreError`. Passes on all other errors. */
  #guarded(work) {
    try {
      return work();
    } catch (error) {
      if (error?.code !== 'ERR_SQLITE_ERROR' && error?.syscall === undefined) throw error;
      const remedy =
        'look at the disk, at the rights of file and folder, and for a process that holds the file';
      throw new StoreError(`the store ${this.#path} fails: ${error.message}; ${remedy}`, { cause: error });
    }
  }
}
