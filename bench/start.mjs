import { join } from 'node:path';
import { MOIN_SESSIONS, timed } from './command.mjs';
import { temporaryFolder } from './folder.mjs';
import { inTurn } from './measure.mjs';
import { ratio, table } from './report.mjs';
import { buildStore } from './store-builder.mjs';

/** The start of the command line, compared with a Node process that does nothing. */
export async function start({ rounds }) {
  const root = join(temporaryFolder(), 'store');
  await buildStore(root, 50);
  const run =
    (...args) =>
    () =>
      timed(process.execPath, ...args);
  const results = await inTurn(
    {
      'node -e 0': run('-e', '0'),
      '--help': run(MOIN_SESSIONS, '--help'),
      'list, 50 sessions': run(MOIN_SESSIONS, '--store', root, 'list'),
      'list --json, 50 sessions': run(MOIN_SESSIONS, '--store', root, 'list', '--json'),
    },
    3 * rounds,
  );
  const { wall: wallOfNode, cpu: cpuOfNode } = results['node -e 0'];
  const rows = Object.entries(results).map(([name, { wall, cpu }]) => [
    name,
    `${(wall * 1000).toFixed(0)} ms`,
    ratio(wall, wallOfNode),
    `${(cpu * 1000).toFixed(0)} ms`,
    ratio(cpu, cpuOfNode),
  ]);
  table('Start', ['', 'wall', 'to node', 'CPU', 'to node'], rows);
}
