import { join } from 'node:path';
import { MOIN_SESSIONS, timed } from './command.mjs';
import { temporaryFolder } from './folder.mjs';
import { inTurn } from './measure.mjs';
import { show } from './report.mjs';
import { buildStore } from './store-builder.mjs';

/** The start of the command line, compared with a Node process that does nothing. */
export async function start({ rounds }) {
  const root = join(temporaryFolder(), 'store');
  await buildStore(root, 50);
  const run =
    (...args) =>
    () =>
      timed(process.execPath, ...args);
  const contestants = await inTurn(
    {
      'node -e 0': run('-e', '0'),
      '--help': run(MOIN_SESSIONS, '--help'),
      'list, 50 sessions': run(MOIN_SESSIONS, '--store', root, 'list'),
      'list --json, 50 sessions': run(MOIN_SESSIONS, '--store', root, 'list', '--json'),
    },
    { rounds: 3 * rounds, warmUp: 0 },
  );
  const result = { id: 'start', title: 'Start of the command line', contestants };
  show(result);
  return [result];
}
