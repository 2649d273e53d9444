import { expect, it } from 'vitest';
import { cli } from '../../aid/cli/fake-context.js';

it('spec 6: a password in --store is refused, because every user of the machine sees it, and is not shown', async () => {
  const outcome = await cli({}, 'list', '--store', 'redis://alice:S3cret@localhost');
  expect(outcome).toMatchObject({ code: 2, out: '', opened: [] });
  expect(outcome.err).toMatch(/password in --store.*set MOIN_SESSIONS_REDIS_PASSWORD or/);
  expect(outcome.err).not.toContain('S3cret');
});

it('spec 7: the environment may name a store with its password', async () => {
  const env = { MOIN_SESSIONS_STORE: 'redis://:S3cret@localhost' };
  const { code, opened } = await cli({ env }, 'list');
  expect([code, opened.map(({ where }) => where)]).toEqual([0, ['redis://:S3cret@localhost']]);
});
