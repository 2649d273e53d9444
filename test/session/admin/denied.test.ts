import { chmodSync, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { DeniedRecordError, StoreError } from '../../../src/base/errors.js';
import { UnfinishedError } from '../../../src/session/admin/bulk.js';
import { createSessions } from '../../../src/sessions.js';
import type { FileLayout } from '../../../src/store/file/layout.js';
import { need } from '../../aid/need.js';
import { APP, as, notRoot } from '../../aid/ownership.js';
import { NOW, sample } from '../../aid/records.js';
import { type RestoredStore, restoredStore } from '../../aid/restored-store.js';

const OPEN = sample('aaaa');
const SHUT = sample('abab');
const EXPIRED = sample('cccc', { user: null, cookieExpires: NOW - 2 * HOUR });
const ALL = [OPEN, SHUT, EXPIRED];
const shut = (layout: FileLayout) => [layout.record(SHUT.id)];

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** The sessions of a server that runs as the user APP. */
function siteOn({ open }: RestoredStore) {
  return createSessions({ store: open(), secrets: 's'.repeat(32), clock: () => NOW });
}

/** What the work of a server rejects with. */
async function rejection(work: (site: ReturnType<typeof siteOn>) => Promise<unknown>, place: RestoredStore) {
  return as(APP, APP, () =>
    work(siteOn(place)).then(
      (value) => expect.fail(`no rejection but ${JSON.stringify(value)}`),
      (error: unknown) => error,
    ),
  );
}

describe('sessions that a server lacks the right to read (I4)', () => {
  it.for<[string, (site: ReturnType<typeof siteOn>) => Promise<unknown>]>([
    ['endUser', (site) => site.endUser('id-alice')],
    ['expire by id of user', (site) => site.expire({ userId: 'id-alice' })],
    ['expire by name of user', (site) => site.expire({ userName: 'alice' })],
    ['expire by a condition', (site) => site.expire({ kind: 'user' })],
    ['expire all', (site) => site.expire({ all: true })],
    ['purge by user', (site) => site.purge({ userId: 'id-alice' })],
  ])('%s does the others, and rejects with the count and the remedy', async ([_, work], context) => {
    need(context, notRoot);
    const place = await restoredStore(ALL, shut);
    const error = await rejection(work, place);
    expect(error).toBeInstanceOf(UnfinishedError);
    const { cause, message, report } = error as UnfinishedError;
    expect(cause).toBeInstanceOf(DeniedRecordError);
    expect(message).toMatch(
      /1 of \d sessions failed, .*abab.* may not be read: permission denied: .* run this as/,
    );
    expect(report).toMatchObject({ failed: 1 });
    const others = await place.open().find(OPEN.id);
    expect(others === null || others.ended !== null).toBe(true);
    expect((await place.open().find(SHUT.id))?.ended).toBeNull();
  });

  it('a name that only such a session could know is no success', async (context) => {
    need(context, notRoot);
    const place = await restoredStore(ALL, shut);
    const error = await rejection((site) => site.expire({ userName: 'zoe' }), place);
    expect(error).toBeInstanceOf(DeniedRecordError);
  });

  it('the folder of some sessions: the others end, and it rejects with the folder', async (context) => {
    need(context, notRoot);
    const place = await restoredStore(ALL, () => []);
    const folder = dirname(place.layout.record(SHUT.id));
    chmodSync(folder, 0);
    const error = await rejection((site) => site.expire({ kind: 'user' }), place);
    expect(error).toBeInstanceOf(StoreError);
    expect(String(error)).toContain(`cannot list ${folder}: permission denied`);
    expect((await place.open().find(OPEN.id))?.ended).not.toBeNull();
  });

  it('I5: purge by state fails for one whose time is over by its file, and keeps it', async (context) => {
    need(context, notRoot);
    const place = await restoredStore(ALL, (layout) => [layout.record(EXPIRED.id)]);
    const error = await rejection((site) => site.purge({ state: 'expired' }), place);
    expect(error).toBeInstanceOf(UnfinishedError);
    expect((error as UnfinishedError).report).toMatchObject({ removed: 0, failed: 1 });
    expect(existsSync(place.layout.record(EXPIRED.id))).toBe(true);
  });

  it('a dry run of the clean-up does not count one that may not be read, for nobody knows its time', async (context) => {
    need(context, notRoot);
    const place = await restoredStore(ALL, shut);
    const report = await as(APP, APP, () => siteOn(place).purge({ state: 'expired' }, { dryRun: true }));
    expect(report).toMatchObject({ matched: 1, failed: 0, dryRun: true });
  });

  it('startPurging says so once, and not each time', async (context) => {
    need(context, notRoot);
    const place = await restoredStore(ALL, (layout) => [layout.record(EXPIRED.id)]);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const site = siteOn(place);
    const purge = vi.spyOn(site, 'purge');
    const turn = async () => {
      await vi.advanceTimersByTimeAsync(1.1 * HOUR);
      await purge.mock.results.at(-1)?.value.catch(() => {});
      await vi.advanceTimersByTimeAsync(0);
    };
    await as(APP, APP, async () => {
      const stop = site.startPurging({ every: HOUR });
      for (let turns = 0; turns < 3; turns++) await turn();
      stop();
    });
    expect(purge.mock.calls.length).toBeGreaterThanOrEqual(3);
    expect(warned).toHaveBeenCalledTimes(1);
    expect(String(warned.mock.calls[0]?.[0])).toMatch(/cccc.* may not be read: permission denied/);
  });
});
