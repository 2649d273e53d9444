import { fileURLToPath } from 'node:url';
import { moinSessions, timedNode } from './command.mjs';
import { removeFolder, temporaryFolder } from './folder.mjs';
import { inTurn } from './measure.mjs';
import { purging } from './purging.mjs';
import { show } from './report.mjs';
import { buildStore } from './store-builder.mjs';

const READ_LOOP = fileURLToPath(new URL('./read-loop.mjs', import.meta.url));

/** Stores take long to build. */
const ROUNDS = 3;

/** An operator's commands on a store of `sessions` sessions. Half of the sessions have expired. */
export async function admin({ rounds: most, sessions }) {
  const rounds = Math.min(most, ROUNDS);
  const root = temporaryFolder();
  await buildStore(root, sessions);
  const list =
    (...args) =>
    () =>
      moinSessions('--store', root, 'list', ...args);
  const contestants = await inTurn(
    {
      'bare read and parse': () => timedNode(READ_LOOP, root),
      'list --format ndjson': list('--format', 'ndjson'),
      'list --format count': list('--format', 'count'),
      'list --expired --format count': list('--expired', '--format', 'count'),
      'list (a table)': list(),
    },
    { rounds, warmUp: 0 },
  );
  removeFolder(root);
  const listing = { id: 'admin/list', title: `${sessions} sessions: reading`, contestants };
  show(listing);
  return [listing, ...(await purging(sessions, rounds))];
}
