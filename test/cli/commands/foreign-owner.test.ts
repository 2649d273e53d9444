import { chmodSync, chownSync, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import type { SessionRecord } from '../../../src/store/contract.js';
import { cli } from '../../aid/cli/fake-context.js';
import { need } from '../../aid/need.js';
import { APP, as, notRoot, STRANGER } from '../../aid/ownership.js';
import { NOW, sample } from '../../aid/records.js';
import { type RestoredStore, restoredStore } from '../../aid/restored-store.js';

const FIRST = sample('aaaa', { seen: NOW - 2 * HOUR });
const SECOND = sample('abab');
const BOB = sample('bbbb', { user: 'bob' });
const EXPIRED = sample('cccc', { user: null, cookieExpires: NOW - 2 * HOUR });
const ALL = [FIRST, SECOND, BOB, EXPIRED];

const REMEDY = new RegExp(
  `belongs to the user ${APP}, not to the store's owner, the user 0; run this as the user of the servers, or mend owners as`,
);

/** A store whose folder root has made, and all in it the servers, who are APP. */
async function mountedStore(records: readonly SessionRecord[] = ALL): Promise<RestoredStore> {
  const place = await restoredStore(records, () => []);
  chownSync(place.layout.root, 0, 0);
  chmodSync(place.layout.root, 0o755);
  return place;
}

const run = ({ cwd, open }: RestoredStore, ...argv: string[]) =>
  cli({ cwd, store: open(), columns: 1000 }, ...argv);

describe('I4: sessions that are refused for their owner are not ended, and nobody hears of success', () => {
  it.for([
    ['expire', '--user', 'alice', '--yes'],
    ['expire', '--all', '--yes'],
    ['expire', '--all', '--yes', '-q'],
    ['expire', '--anonymous', '--dry-run'],
    ['purge', '--expired'],
    ['purge', '--all', '--yes'],
    ['export', '--user', 'alice'],
  ])('%j: exit 1 where all are, with owner and remedy', async (argv, context) => {
    need(context, notRoot);
    const { code, err, out } = await run(await mountedStore(), ...argv);
    expect(code, err).toBe(1);
    expect(err).toMatch(REMEDY);
    expect(err).not.toMatch(/permission denied|no session matches/);
    expect(out).not.toMatch(/Nothing to do/);
  });

  it('exit 4 where some are, and the others end', async (context) => {
    need(context, notRoot);
    const place = await mountedStore();
    chownSync(place.layout.record(FIRST.id), 0, 0);
    const { code, err } = await run(place, 'expire', '--user', 'alice', '--yes');
    expect(code, err).toBe(4);
    expect(err).toMatch(REMEDY);
    expect((await place.open().find(FIRST.id))?.ended).not.toBeNull();
    await as(APP, APP, async () => expect((await place.open().find(SECOND.id))?.ended).toBeNull());
  });

  it('whoever runs the servers ends them', async (context) => {
    need(context, notRoot);
    const place = await mountedStore();
    const { code, err } = await as(APP, APP, () => run(place, 'expire', '--user', 'alice', '--yes'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it.for([
    ['expire', '--user', 'alice', '--yes'],
    ['purge', '--all', '--yes'],
  ])(
    '%j: exit 4 for a folder of a third user in the store of the servers, which root does not look into',
    async (argv, context) => {
      need(context, notRoot);
      need(
        context,
        process.platform === 'linux' ? null : 'only Linux opens files relative to an open folder',
      );
      const place = await restoredStore(ALL, () => []);
      const folder = dirname(place.layout.record(SECOND.id));
      chownSync(folder, STRANGER, STRANGER);
      const { code, err } = await run(place, ...argv);
      expect(code, err).toBe(4);
      expect(err).toContain(
        `belongs to the user ${STRANGER}, not to the store's owner, the user ${APP}; run this as the user of`,
      );
      expect(existsSync(place.layout.record(SECOND.id))).toBe(true);
    },
  );

  it('I5: a name removes none of them unread', async (context) => {
    need(context, notRoot);
    const place = await mountedStore();
    expect((await run(place, 'expire', SECOND.id, '--yes')).code).toBe(1);
    expect(existsSync(place.layout.record(SECOND.id))).toBe(true);
  });
});
