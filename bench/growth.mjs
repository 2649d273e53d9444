import { FileStore } from '../dist/store/file/store.js';
import { removeFolder, temporaryFolder } from './folder.mjs';
import { costOf, inTurn } from './measure.mjs';
import { micros, ratio, table } from './report.mjs';
import { idOf, ownerOf } from './sample.mjs';
import { buildStore } from './store-builder.mjs';

const SIZES = [1000, 10_000, 100_000];
/** The number of sessions in use. It is the same at every size, so the system's caches are equally warm. */
const USED = 500;
const OPERATIONS = ['load', 'save', 'findByUser'];

/** One session, or the sessions of one user, in larger and larger stores. `sessions`: the size of the largest. */
export async function growth({ rounds, sessions }) {
  const sizes = sessions === undefined ? SIZES : [1000, Math.round(Math.sqrt(1000 * sessions)), sessions];
  const stores = [];
  for (const size of sizes) {
    const root = temporaryFolder();
    await buildStore(root, size);
    stores.push({ size, root, store: new FileStore(root) });
  }
  const rows = [];
  for (const operation of OPERATIONS) rows.push(await measured(operation, stores, rounds));
  table('Growth', ['CPU', ...sizes.map((size) => `${size} sessions`), 'largest to smallest'], rows);
  for (const { root, store } of stores) {
    await store.close();
    removeFolder(root);
  }
}

async function measured(operation, stores, rounds) {
  const turns = stores.map(({ size, store }) => [
    size,
    () => costOf(callsOf(store, size)[operation], { count: 4 * USED, atOnce: 1 }),
  ]);
  const costs = Object.values(await inTurn(Object.fromEntries(turns), rounds)).map(({ cpu }) => cpu);
  return [operation, ...costs.map(micros), ratio(costs.at(-1), costs[0])];
}

function callsOf(store, size) {
  const used = (n) => Math.floor(((n % USED) * size) / USED);
  return {
    load: (n) => store.find(idOf(used(n))),
    save: (n) =>
      store.update(idOf(used(n)), (current) => ({ ...current, data: { ...current.data, counter: n } })),
    async findByUser(n) {
      const user = ownerOf(used(n)).id;
      for await (const { record } of store.findByUser(user))
        if (record?.user?.id !== user) throw new Error('wrong user');
    },
  };
}
