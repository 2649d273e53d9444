// Does to a wiki what the requests of its users make MoinMoin do, until it is told to stop: `node wiki-server.mjs BUILT DATA LAYOUT`.
// Knows nothing of the store. On `stop` it ends the request under way, and prints for each session the number of its last visit.

import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createInterface } from 'node:readline';

const [built, data, layout] = process.argv.slice(2);
const { readPickle } = await import(`${built}/dist/moin/pickle/read.js`);
const { writePickle } = await import(`${built}/dist/moin/pickle/write.js`);
const { PyBytes, PyTuple } = await import(`${built}/dist/moin/pickle/values.js`);

const sessions = `${data}/cache/${layout === '1.9' ? '__session__' : '__common__/session'}`;
const ussc = `${data}/cache/__common__/ussc`;
const VISITS = PyBytes.from('visits');
const visits = {};
let count = 0;
let isStopped = false;

function read(path) {
  try {
    return readPickle(readFileSync(path));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/** A new inode at each write. The temporary name is none of a session. */
function write(path, value) {
  const temporary = `${data}/${process.pid}.${count++}`;
  writeFileSync(temporary, writePickle(value));
  renameSync(temporary, path);
}

/** As MoinMoin's lock: tried for a second, and one of more than a minute is removed. */
async function locked(work) {
  const lock = `${ussc}/__lock__/write_lock`;
  mkdirSync(`${ussc}/__lock__`, { recursive: true });
  for (const begun = Date.now(); Date.now() < begun + 1000; await new Promise(setImmediate)) {
    try {
      mkdirSync(lock);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const stats = statSync(lock, { throwIfNoEntry: false });
      if (stats !== undefined && stats.mtimeMs < Date.now() - 60_000) rmdirSync(lock);
      continue;
    }
    try {
      return work();
    } finally {
      rmdirSync(lock);
    }
  }
  throw new Error('another process keeps the lock of the secrets');
}

/** Moves the secret to the front, as at each request of a user. False: there is none, so the request has no session. */
async function useSecret(file, secret) {
  const value = await locked(() => read(`${ussc}/${file}`));
  const [dict, order] = value.items;
  const entry = dict.entries.find(([, one]) => one.text === secret);
  if (entry === undefined) return false;
  const next = [entry[0], ...order.filter((index) => index !== entry[0])];
  await locked(() => write(`${ussc}/${file}`, new PyTuple([dict, next])));
  return true;
}

function ownersOf() {
  const owners = new Map();
  if (layout === '1.9') return owners;
  for (const file of readdirSync(ussc).filter((name) => name !== '__lock__'))
    for (const [, secret] of read(`${ussc}/${file}`).items[0].entries) owners.set(secret.text, file);
  return owners;
}

/** A request: loads the session, works for a while, and saves it. */
async function visit(name, file) {
  if (file !== undefined && !(await useSecret(file, name))) return;
  const session = read(`${sessions}/${name}`);
  if (session === null) return;
  const expires = session.get('expires');
  if (layout === '1.9' && expires !== undefined && Number(expires) * 1000 < Date.now()) return;
  await new Promise((resolve) => setTimeout(resolve, 1));
  const number = (visits[name] ?? 0) + 1;
  session.set(VISITS, BigInt(number));
  write(`${sessions}/${name}`, session);
  visits[name] = number;
}

const owners = ownersOf();
createInterface({ input: process.stdin }).once('line', () => {
  isStopped = true;
});
const names = readdirSync(sessions).filter((name) => name !== '__lock__');
for (let turn = 0; !isStopped; turn++) {
  await Promise.all(
    [0, 1, 2, 3].map((n) => {
      const name = names[(turn * 4 + n) % names.length];
      return visit(name, owners.get(name));
    }),
  );
  if (turn === 3) process.stdout.write('working\n');
}
process.stdout.write(`${JSON.stringify(visits)}\n`);
process.exit();
