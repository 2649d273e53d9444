// A file store that runs short of something half-way: `node faults.mjs BUILT DIR WHAT UID`. Says as JSON what it was
// told: the error of an update, what was found then, and the revision of an update once all is well again.

import { chmodSync, closeSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RECORD } from './sample-records.mjs';

const [built, dir, what, uid] = process.argv.slice(2);
const { FileStore } = await import(`${built}/dist/store/file/store.js`);
await import('fs-native-extensions');
if (uid !== '') {
  process.setgid(Number(uid));
  process.setuid(Number(uid));
}
const store = new FileStore(dir);
const file = join(dir, RECORD.id.slice(0, 2), `${RECORD.id}.json`);
const folder = dirname(file);
const step = () => store.update(RECORD.id, (record) => ({ ...record, data: { n: record.data.n + 1 } }));

/** Opens files until no more can be; gives what closes them. */
function allFiles() {
  const open = [];
  try {
    for (;;) open.push(openSync('/dev/null', 'r'));
  } catch {
    return () => open.forEach(closeSync);
  }
}

const shortages = {
  files: allFiles,
  rights: () => {
    chmodSync(file, 0o400);
    chmodSync(folder, 0o500);
    return () => {
      chmodSync(folder, 0o700);
      chmodSync(file, 0o600);
    };
  },
};

await store.create(RECORD);
const mend = shortages[what]();
const told = await step().catch((error) => ({ name: error.name, message: error.message }));
mend();
const found = await store.find(RECORD.id);
const { revision } = await step();
process.stdout.write(JSON.stringify({ told, found, revision }));
