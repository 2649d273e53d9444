// One process at work on the SQLite store of the examples: `node sqlite-worker.mjs STORE FILE JOB`. It says 'ready', waits for
// a line, works, and says on one line what it was told is done.

import { once } from 'node:events';

const [module, file, job] = process.argv.slice(2);
const { SqliteStore } = await import(module);
const ID = 'a'.repeat(32);

const plusOne = (record) => ({ ...record, data: { n: (record.data.n ?? 0) + 1 } });

const jobs = {
  /** Counts one session up, 200 times. */
  async count(store) {
    let done = 0;
    for (let n = 0; n < 200; n++) if ((await store.update(ID, plusOne)) !== null) done++;
    return done;
  },

  /** Logs every session out. */
  async logout(store) {
    let done = 0;
    for await (const { id } of store.scan())
      if ((await store.delete(id, { tombstone: { reason: 'logout', at: 0, until: 8e12 } })).removed) done++;
    return done;
  },

  /** What a request in flight does late: save, or else create. */
  async save(store) {
    let done = 0;
    for await (const { id, record } of store.scan())
      if ((await store.update(id, plusOne)) === null && (await store.create(record)) === 'created') done++;
    return done;
  },
};

console.log('ready');
await once(process.stdin, 'data');
const store = new SqliteStore(file);
console.log(await jobs[job](store));
await store.close();
process.exit();
