import { expect, it } from 'vitest';
import { RowOutput } from '../../../src/cli/output/row-output.js';
import { statisticsTexts, statisticsView } from '../../../src/cli/output/statistics.js';
import { StatisticsCounter } from '../../../src/session/admin/statistics/statistics.js';
import { UserCounts } from '../../../src/session/admin/statistics/user-counts.js';
import { all, NOW } from '../../aid/records.js';

it('says so when more users have sessions than are counted one by one', async () => {
  const users = new UserCounts(1);
  for (const id of ['a', 'b']) users.add(id, id);
  const out = { isTTY: false, write: async () => {} };
  const output = new RowOutput(
    { out, env: {}, clock: () => NOW, columns: 80 } as never,
    { color: false },
    statisticsView({ hasGroups: false }),
  );
  const texts = await all(
    statisticsTexts(new StatisticsCounter(NOW, { users }).result(5), output, {
      width: 60,
      columns: 60,
      unicode: false,
    }),
  );
  expect(texts.join('')).toContain(
    'users     1 with 1 session: 1.0 on average, 1 at most, and\n          more users that were not counted one by one\n',
  );
});
