import { FileStore } from '../../dist/store/file/store.js';
import { idOf, record } from '../sample.mjs';
import { makeRedisStore, peer } from './peers.mjs';

// Some of the writers of a team: node writers.mjs KIND LOCATION FIRST COUNT. Saves for as long as it is told, and sends how
// long each save took.
const [kind, location, first, count] = process.argv.slice(2);
const SAVES = { 'file store': ours, 'connect-redis': theirs };
const save = await SAVES[kind](location);

async function ours(folder) {
  const store = new FileStore(folder);
  const now = Date.now();
  // The sessions with a number that is divisible by 4 belong to a user and are active.
  for (let n = 0; n < 32; n++) await store.create(record(4 * n, now));
  return async (n, value) => {
    const saved = await store.update(idOf(4 * n), (current) => ({
      ...current,
      data: { ...current.data, counter: value },
    }));
    if (saved === null) throw new Error(`session ${n} is gone`);
  };
}

/** As express-session does: loads, changes, saves. */
async function theirs(url) {
  const { load, save } = await peer((await makeRedisStore(url)).store, 32);
  return async (n) => {
    await load(n);
    await save(n);
  };
}

async function write(writer, sessions, end) {
  const times = [];
  for (let value = 0; performance.now() < end; value++) {
    const before = performance.now();
    await save(writer % sessions, value);
    times.push(performance.now() - before);
    // Other writers of this process have their turn, as requests of a server do.
    await new Promise(setImmediate);
  }
  return times;
}

process.on('message', async ({ sessions, seconds }) => {
  const end = performance.now() + seconds * 1000;
  const numbers = Array.from({ length: Number(count) }, (_, index) => Number(first) + index);
  process.send({ writers: await Promise.all(numbers.map((writer) => write(writer, sessions, end))) });
});
process.on('disconnect', () => process.exit());
process.send('ready');
