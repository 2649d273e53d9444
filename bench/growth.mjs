import { FileStore } from '../dist/store/file/store.js';
import { logins } from './contestants/logins.mjs';
import { removeFolder, temporaryFolder } from './folder.mjs';
import { costOf, inTurn } from './measure.mjs';
import { show } from './report.mjs';
import { idOf, ownerOf } from './sample.mjs';
import { buildStore } from './store-builder.mjs';

/** The number of sessions in use. It is the same at every size, so the system's caches are equally warm. */
const USED = 500;
const OPERATIONS = ['load', 'save', 'findByUser', 'login'];

/** One session, or the sessions of one user, in larger and larger stores. `sessions`: the size of the largest. */
export async function growth({ rounds, warmUp, sessions, count }) {
  const smallest = Math.min(1000, sessions / 10);
  const sizes = [smallest, Math.round(Math.sqrt(smallest * sessions)), sessions];
  const stores = [];
  for (const size of sizes) {
    const root = temporaryFolder();
    await buildStore(root, size);
    const store = new FileStore(root);
    stores.push({ size, root, store, calls: callsOf(store, root, size) });
  }
  const results = [];
  for (const operation of OPERATIONS) {
    const turns = stores.map(({ size, calls }) => [
      `${size} sessions`,
      () => costOf(calls[operation], { count, atOnce: 1 }),
    ]);
    const contestants = await inTurn(Object.fromEntries(turns), { rounds, warmUp });
    results.push({ id: `growth/${operation}`, title: `Growth: ${operation}`, contestants });
    show(results.at(-1));
  }
  for (const { root, store } of stores) {
    await store.close();
    removeFolder(root);
  }
  return results;
}

function callsOf(store, root, size) {
  const used = (n) => Math.floor(((n % USED) * size) / USED);
  const { login } = logins(root);
  return {
    load: (n) => store.find(idOf(used(n))),
    save: (n) =>
      store.update(idOf(used(n)), (current) => ({ ...current, data: { ...current.data, counter: n } })),
    async findByUser(n) {
      const user = ownerOf(used(n)).id;
      for await (const { record } of store.findByUser(user))
        if (record?.user?.id !== user) throw new Error('wrong user');
    },
    login: (n) => login(used(n)),
  };
}
