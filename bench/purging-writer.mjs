import { FileStore } from '../dist/store/file/store.js';
import { idOf } from './sample.mjs';

// A server that saves beside one that purges: node purging-writer.mjs ROOT SESSIONS. Saves active sessions one after the
// other, in no order of ids, until it is disconnected.
const [root, sessions] = process.argv.slice(2);
const store = new FileStore(root);
let isOver = false;
process.once('disconnect', () => {
  isOver = true;
});
process.send('ready');
for (let n = 0; !isOver; n = n + 4 < sessions ? n + 4 : 0) {
  const saved = await store.update(idOf(n), (current) => ({
    ...current,
    data: { ...current.data, counter: n },
  }));
  if (saved === null) throw new Error(`session ${n} is gone`);
  await new Promise(setImmediate);
}
await store.close();
