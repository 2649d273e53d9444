// One process at work on a store: `node worker.mjs LIBRARY WHERE JOB ARGUMENT ID UID`. It says 'ready', waits for a
// line, works, and says on a line of its own, at once, what it has been told is done.

import { once } from 'node:events';
import fs, { existsSync, writeSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [library, where, job, argument, only, uid] = process.argv.slice(2);
const { openStore } = await import(`${library}/store/open.js`);
const { SessionAdmin } = await import(`${library}/session/admin/admin.js`);
await import('fs-native-extensions');
if (uid !== '') {
  process.setgid(Number(uid));
  process.setuid(Number(uid));
}
const store = job === 'secret' ? null : await openStore(where);

const say = (...words) => writeSync(1, `${words.join(' ')}\n`);
const plusOne = (record) => ({ ...record, data: { ...record.data, n: (record.data.n ?? 0) + 1 } });
const idOf = (n) => n.toString(16).padStart(32, '0');
const expired = (record) => record.expires <= Number(argument);

async function listed() {
  const ids = [];
  for await (const { id } of store.scan()) ids.push(id);
  return ids;
}

const jobs = {
  /** Counts the session `only` up, `argument` times. */
  async increment() {
    for (let n = 0; n < Number(argument); n++) say('done', (await store.update(only, plusOne)).data.n);
  },

  /** The same from eight writers at a time; says how long (ms) each step took. */
  async incrementTogether() {
    const writer = async () => {
      for (let n = 0; n < Number(argument); n++) {
        const start = performance.now();
        await store.update(only, plusOne);
        say('took', (performance.now() - start).toFixed(2));
      }
    };
    await Promise.all(Array.from({ length: 8 }, writer));
  },

  /** Removes what has expired by `argument`. */
  async purge() {
    for await (const id of store.expiryCandidates(Number(argument)))
      if ((await store.delete(id, { when: expired })).removed) say('removed', id);
  },

  /** The same in batches. */
  async purgeBatches() {
    const admin = new SessionAdmin({ store, clock: () => Number(argument) });
    await admin.purge({ state: 'expired' }, { onDone: (id) => say('removed', id) });
  },

  /** Refreshes every session, to end an hour after `argument`. */
  async refresh() {
    for (const id of await listed()) {
      const later = (record) => ({ ...record, expires: Number(argument) + 3_600_000 });
      say((await store.update(id, later)) === null ? 'dropped' : 'refreshed', id);
    }
  },

  /** Logs every session out. */
  async logout() {
    for (const id of await listed()) {
      await store.delete(id, { tombstone: { reason: 'logout', at: 0, until: 8e12 } });
      say('deleted', id);
    }
  },

  /** Ends the session `only` with the tombstone `argument`; stands still, with its file renamed, while WHERE/wait exists. */
  async endSlowly() {
    const { renameSync } = fs;
    fs.renameSync = (from, to) => {
      renameSync(from, to);
      say('renamed');
      while (existsSync(`${where}/wait`)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    };
    syncBuiltinESMExports();
    await store.delete(only, { tombstone: JSON.parse(argument) });
  },

  /** Creates sessions one after the other, saves each often, long and short, and logs it out, until it is killed. */
  async live() {
    const record = JSON.parse(argument);
    for (let life = 1; ; life++) {
      const id = idOf(life);
      await store.create({ ...record, id, data: { step: 0, text: '' } });
      for (let step = 1; step < 40; step++) {
        const data = { step, text: 'é'.repeat((step * 397) % 5000) };
        await store.update(id, (now) => ({ ...now, data }));
      }
      await store.delete(id, { tombstone: { reason: 'logout', at: 1, until: 8e12 } });
    }
  },

  /** Reads what `live` writes `argument` times, each session until it is gone, and says how often, and what was wrong. */
  async watch() {
    let [there, ends, life, last] = [0, 0, 1, -1];
    while (there < Number(argument)) {
      const record = await store.find(idOf(life)).catch((error) => say('wrong', error.message));
      if (record) {
        const { step, text } = record.data;
        if (text.length !== (step * 397) % 5000) say('wrong', 'text');
        if (step < last) say('wrong', `step ${step} after ${last}`);
        last = step;
        there++;
      } else if (await store.tombstone(idOf(life))) {
        [life, last] = [life + 1, -1];
        ends++;
      }
    }
    say('saw', ends > 0 ? 'ends' : 'no end');
  },

  /** What a request in flight does late: save, or else create. */
  async save() {
    for (const id of await listed()) {
      const record = await store.find(id);
      if (record !== null && (await store.update(id, plusOne)) === null) await store.create(record);
    }
  },

  /** Makes the secrets of `argument` stores: their numbers stand for the % in WHERE. */
  async secret() {
    for (let n = 0; n < Number(argument); n++) {
      const one = await openStore(where.replace('%', n));
      const secret = await one.secret({ create: true });
      say(n, secret.toString('hex'));
    }
  },

  /** Reads and writes the session `only`, and says what became of it. */
  async touch() {
    say(await store.find(only).then((record) => `found ${record?.revision}`, String));
    say(await store.update(only, plusOne).then((record) => `made ${record?.revision}`, String));
  },
};

say('ready');
await once(process.stdin, 'data');
await jobs[job]();
process.exit();
