import { execFileSync, fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endChild, messageFrom } from './child.mjs';
import { moinSessions, timed } from './command.mjs';
import { removeFolder, temporaryFolder } from './folder.mjs';
import { inTurn } from './measure.mjs';
import { show } from './report.mjs';
import { buildStore } from './store-builder.mjs';

const SERVER = fileURLToPath(new URL('./purging-server.mjs', import.meta.url));
const WRITER = fileURLToPath(new URL('./purging-writer.mjs', import.meta.url));
const DROP_CACHES = '/proc/sys/vm/drop_caches';

/** Purges of stores of `sessions` sessions, half of them expired. Each gets a new store: a purged one has nothing left. */
export async function purging(sessions, rounds) {
  const states = { warm: () => {}, ...(mayDropCaches() && { cold: dropCaches }) };
  const results = [];
  for (const [state, prepare] of Object.entries(states)) {
    const onNewStore = (work) => () => withExpired(sessions, prepare, work);
    const turns = {
      'find -delete': onNewStore(findAndDelete),
      'purge --expired': onNewStore((root) => moinSessions('--store', root, 'purge', '--expired')),
    };
    results.push({
      id: `admin/purge/${state}`,
      title: `${sessions} sessions, half expired: purging, ${state} caches`,
      contestants: timesOf(await inTurn(turns, { rounds, warmUp: 0 })),
    });
    show(results.at(-1));
  }
  const server = {
    'a server that purges': () =>
      withExpired(
        sessions,
        () => {},
        (root) => purgeInServer(root, sessions),
      ),
  };
  results.push({
    id: 'admin/stall',
    title: `${sessions} sessions, half expired: how long a server that purges answers nobody, beside one that saves`,
    contestants: await inTurn(server, { rounds, warmUp: 0 }),
  });
  show(results.at(-1));
  return results;
}

async function withExpired(sessions, prepare, work) {
  const root = join(temporaryFolder(), 'store');
  await buildStore(root, sessions, Date.now() - 120_000);
  prepare();
  const result = await work(root);
  removeFolder(root);
  return result;
}

function findAndDelete(root) {
  return timed('find', root, '-path', '*/??/*.json', '-mmin', '+0', '-delete');
}

async function purgeInServer(root, sessions) {
  const writer = fork(WRITER, [root, String(sessions)]);
  await messageFrom(writer, 'a server that saves');
  const longest = await messageFrom(fork(SERVER, [root]), 'a server that purges');
  await endChild(writer);
  return { longest };
}

/** `find` has no figure for its memory. */
function timesOf(contestants) {
  return Object.fromEntries(
    Object.entries(contestants).map(([name, { seconds, cpuSeconds }]) => [name, { seconds, cpuSeconds }]),
  );
}

function dropCaches() {
  execFileSync('sync');
  writeFileSync(DROP_CACHES, '3');
}

function mayDropCaches() {
  try {
    dropCaches();
    return true;
  } catch (error) {
    console.log(`the benchmark does not purge with cold caches: ${error.message}`);
    return false;
  }
}
