// Random work on a few sessions, told step by step: `node writer.mjs BUILT WHERE SEED STEPS BROKEN`. As a process it says
// 'ready', waits for a line, and says each call before it begins and each result at once.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync, writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SLOTS = 6;

/** The session of this slot; each time that one is gone, the slot gets a new one. */
export function idOf(slot, generation) {
  return createHash('sha256').update(`${slot} ${generation}`).digest('hex').slice(0, 32);
}

/** What a history says of a record: no times, for processes read the clock, and no filler. */
export function viewOf(record) {
  if (record === null) return null;
  const { text: _filler, ...data } = record.data;
  return { revision: record.revision, over: record.expires <= Date.now(), data };
}

const ifGood = (change) => (record) => (record.expires <= Date.now() ? null : change(record));
const data = (record, values) => ({ ...record, data: { ...record.data, ...values } });

/** The operations of a history on a store. */
const operations = {
  find: async (store, id) => ({ view: viewOf(await store.find(id)) }),
  create: async (store, id, action) => ({ answer: await store.create(newRecord(id, action)) }),
  save: (store, id, { key, value, text }) =>
    update(store, id, (record) => data(record, { [key]: value, text })),
  step: (store, id) => update(store, id, (record) => data(record, { n: (record.data.n ?? 0) + 1 })),
  refresh: (store, id) => update(store, id, (record) => ({ ...record, seen: Date.now() })),
  // Both ends, as when an operator ends a session: `expire` ends again what has a cookie that still opens it.
  expire: (store, id) =>
    update(store, id, (record) => {
      const now = Date.now();
      return { ...record, cookieExpires: now - HOUR, expires: now };
    }),
  purge: (store, id) => remove(store, id, { when: (record) => record.expires <= Date.now() }),
  delete: (store, id) => remove(store, id, {}),
  logout: (store, id) => {
    const at = Date.now();
    return remove(store, id, { tombstone: { reason: 'logout', at, until: at + DAY } });
  },
};

async function update(store, id, change) {
  return { view: viewOf(await store.update(id, ifGood(change))) };
}

async function remove(store, id, options) {
  return { removed: (await store.delete(id, options)).removed };
}

function newRecord(id, { data, owner }) {
  const now = Date.now();
  const user = owner === undefined ? null : { id: owner, name: owner, method: 'moin_login' };
  const ends = { cookieExpires: now + DAY, expires: now + DAY };
  const times = { created: now, seen: now, ...ends };
  const kind = user === null ? 'anonymous' : 'user';
  return { version: 1, id, kind, user, ...times, revision: 1, remember: false, ended: null, data };
}

/** Works on `store` for so many steps. `say` gets each call and each return, with the time in ns. */
export async function write(store, { name, seed, steps, say }) {
  const random = generator(seed);
  const below = (count) => Math.floor(random() * count);
  const generations = Array(SLOTS).fill(0);
  const isGone = Array(SLOTS).fill(true);

  async function call(id, action) {
    say({ call: action, id, at: clock() });
    const result = await operations[action.do](store, id, action).catch(reported);
    say({ result, at: clock() });
    return result;
  }

  function reported(error) {
    if (error.name === 'StoreError') return { error: error.message };
    if (error.name === 'UnreadableRecordError') return { torn: error.message };
    throw error;
  }

  const create = (values) => {
    const owner = random() < 0.5 ? `u${below(3)}` : undefined;
    return { do: 'create', data: values, ...(owner && { owner }) };
  };

  /** First the new record, then the old one goes. */
  async function rotate(slot) {
    const from = idOf(slot, generations[slot]);
    const { view } = await call(from, { do: 'find' });
    if (!view) return;
    generations[slot] += 1;
    await call(idOf(slot, generations[slot]), create(view.data));
    await call(from, { do: 'logout' });
  }

  async function purge() {
    for await (const id of store.expiryCandidates(Date.now())) await call(id, { do: 'purge' });
    await store.sweep(Date.now());
  }

  async function work(slot, step) {
    const id = idOf(slot, generations[slot]);
    if (isGone[slot]) {
      const { answer } = await call(id, create({ born: name }));
      if (answer === 'gone') generations[slot] += 1;
      else isGone[slot] = false;
      return;
    }
    const action = chosen(random(), {
      step: 30,
      save: 30,
      find: 12,
      create: 6,
      refresh: 6,
      expire: 3,
      purge: 4,
      delete: 1,
      logout: 2,
      rotate: 2,
    });
    if (action === 'rotate') return rotate(slot);
    if (action === 'purge') return purge();
    if (action === 'create') return call(id, create({ again: name }));
    if (action !== 'save') return noted(slot, await call(id, { do: action }));
    const key = random() < 0.5 ? 'all' : name;
    noted(slot, await call(id, { do: 'save', key, value: `${name} ${step}`, text: 'x'.repeat(below(3000)) }));
  }

  function noted(slot, { view, removed }) {
    if (view === null || removed !== undefined) isGone[slot] = true;
  }

  for (let step = 0; step < steps; step++) await work(below(SLOTS), step);
}

/** ns on a clock that all processes of a machine share. */
export function clock() {
  return Number(process.hrtime.bigint());
}

/** One of the names, each as often as its weight says. */
function chosen(random, weights) {
  let left = random * Object.values(weights).reduce((sum, weight) => sum + weight);
  for (const [name, weight] of Object.entries(weights)) {
    left -= weight;
    if (left < 0) return name;
  }
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function generator(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Gives a file store an `update` that reads, changes and writes without a lock: what the checker must notice. */
function withoutLock(store, dir) {
  store.update = async (id, change) => {
    const record = await store.find(id);
    const next = record && change(record);
    if (!next) return null;
    const stored = { ...next, revision: record.revision + 1 };
    await new Promise(setImmediate);
    writeFileSync(`${dir}/${id.slice(0, 2)}/${id}.json`, JSON.stringify(stored));
    return stored;
  };
}

async function main([built, where, seed, steps, broken]) {
  const { openStore } = await import(`${built}/dist/store/open.js`);
  await import('fs-native-extensions');
  const store = await openStore(where);
  if (broken === 'broken') withoutLock(store, where);
  const say = (message) => writeSync(1, `${JSON.stringify(message)}\n`);
  say({ ready: true });
  await once(process.stdin, 'data');
  await write(store, { name: `w${seed}`, seed: Number(seed), steps: Number(steps), say });
  process.exit();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2));
