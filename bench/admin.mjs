import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { moinSessions, timed, timedNode } from './command.mjs';
import { removeFolder, temporaryFolder } from './folder.mjs';
import { inTurn } from './measure.mjs';
import { ratio, seconds, table } from './report.mjs';
import { buildStore } from './store-builder.mjs';

const READ_LOOP = fileURLToPath(new URL('./read-loop.mjs', import.meta.url));
const RECORDS = ['-path', '*/??/*.json'];

/** An operator's commands on a store of `sessions` sessions. Half of the sessions have expired. */
export async function admin({ rounds, sessions = 20_000 }) {
  const root = temporaryFolder();
  await buildStore(root, sessions);
  await looking(root, sessions, rounds);
  removeFolder(root);
  await purging(sessions, rounds);
}

async function looking(root, sessions, rounds) {
  const list =
    (...args) =>
    () =>
      moinSessions('--store', root, 'list', ...args);
  const read = await inTurn(
    {
      'bare read and parse': () => timedNode(READ_LOOP, root),
      'list --format ndjson': list('--format', 'ndjson'),
      'list --format count': list('--format', 'count'),
      'list (a table)': list(),
    },
    rounds,
  );
  show(`${sessions} sessions: reading`, read);
  const expired = await inTurn(
    {
      'find -mmin +0': () => timed('find', root, ...RECORDS, '-mmin', '+0'),
      'bare read and parse': () => timedNode(READ_LOOP, root),
      'list --expired --format count': list('--expired', '--format', 'count'),
    },
    rounds,
  );
  show(`${sessions} sessions: what has expired`, expired);
}

/** Each purge gets a new store, because a purged store has nothing left to remove. */
async function purging(sessions, rounds) {
  const onNewStore = (work) => async () => {
    const root = join(temporaryFolder(), 'store');
    await buildStore(root, sessions, Date.now() - 120_000);
    const result = await work(root);
    removeFolder(root);
    return result;
  };
  const results = await inTurn(
    {
      'find -delete': onNewStore((root) => timed('find', root, ...RECORDS, '-mmin', '+0', '-delete')),
      'purge --expired': onNewStore((root) => moinSessions('--store', root, 'purge', '--expired')),
    },
    rounds,
  );
  show(`${sessions} sessions, half expired: purging`, results);
}

function show(title, results) {
  const [base] = Object.values(results);
  const rows = Object.entries(results).map(([name, { wall, cpu, memory }]) => [
    name,
    seconds(wall),
    ratio(wall, base.wall),
    seconds(cpu),
    ratio(cpu, base.cpu),
    memory === undefined ? '' : `${memory.toFixed(0)} MB`,
  ]);
  table(title, ['', 'wall', 'to first', 'CPU', 'to first', 'memory'], rows);
}
