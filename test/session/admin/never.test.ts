import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../src/base/clock.js';
import { SessionAdmin } from '../../../src/session/admin/admin.js';
import { RecordCheck } from '../../../src/session/admin/check/records.js';
import type { SessionInfo } from '../../../src/session/admin/info.js';
import { StatisticsCounter } from '../../../src/session/admin/statistics/statistics.js';
import type { SessionRecord } from '../../../src/store/contract.js';
import { Findings } from '../../../src/store/finding.js';
import { MemoryStore } from '../../../src/store/memory.js';
import { ALREADY, NEVER } from '../../../src/store/session-record.js';
import { aRecord } from '../../aid/records.js';

const NOW = 1_795_397_434_000;

/** As in a wiki of 1.6: nothing ends it. */
const forEver = () => record('a', { cookieExpires: NEVER, expires: NEVER });
/** As in a wiki of 1.9: a purge takes it, and until then its cookie opens it. */
const outdated = () => record('b', { cookieExpires: NEVER, expires: ALREADY });

function record(name: string, fields: Partial<SessionRecord>): SessionRecord {
  return { ...aRecord(name), created: NOW - HOUR, seen: NOW - HOUR, ...fields };
}

async function siteWith(...records: SessionRecord[]) {
  const store = new MemoryStore();
  for (const one of records) await store.create(one);
  return { store, admin: new SessionAdmin({ store, clock: () => NOW }) };
}

describe('sessions of a wiki without an expiry', () => {
  it('have no times of expiry, for operators', async () => {
    const { admin } = await siteWith(forEver(), outdated());
    const none = { cookieExpires: null, expires: null };
    expect(await admin.get(forEver().id)).toMatchObject({ state: 'active', ...none });
    expect(await admin.get(outdated().id)).toMatchObject({ state: 'expired', ...none });
  });

  it('expire within no time', async () => {
    const { admin } = await siteWith(
      forEver(),
      outdated(),
      record('c', { cookieExpires: NOW + 1, expires: NOW + HOUR }),
    );
    const found: SessionInfo[] = [];
    for await (const info of admin.list({ expiresWithin: 1e15 })) found.push(info);
    expect(found).toHaveLength(1);
  });

  it('count in the last bucket of the statistics, which has no end', async () => {
    const { admin } = await siteWith(
      forEver(),
      outdated(),
      record('c', { cookieExpires: NOW - 1, expires: NOW + HOUR }),
    );
    const counter = new StatisticsCounter(NOW);
    for await (const info of admin.list()) counter.add(info);
    const counts = counter.result(1).expiry.map(({ sessions }) => sessions);
    expect(counts).toEqual([...new Array(counts.length - 1).fill(0), 2]);
  });

  it('can be ended once, the one that counts as expired, too', async () => {
    for (const one of [forEver(), outdated()]) {
      const { admin, store } = await siteWith(one);
      expect(await admin.expire([one.id])).toMatchObject({ expired: 1, kept: 0 });
      expect(await store.find(one.id)).toMatchObject({ cookieExpires: NOW - HOUR, expires: NOW });
      expect(await admin.expire([one.id])).toMatchObject({ expired: 0, kept: 1 });
    }
  });

  it('a purge takes the one that counts as expired, and no other', async () => {
    const { admin, store } = await siteWith(forEver(), outdated());
    expect(await admin.purge({ state: 'expired' })).toMatchObject({ removed: 1 });
    expect(await store.find(forEver().id)).not.toBeNull();
    expect(await store.find(outdated().id)).toBeNull();
  });

  it('a check finds the one that counts as expired only when it was not used for a week', () => {
    const codesOf = (seen: number) => {
      const findings = new Findings();
      const check = new RecordCheck({ findings, users: undefined, at: NOW, onSeen: () => {} });
      for (const one of [forEver(), outdated()])
        check.see({ id: one.id, bytes: 1, record: { ...one, seen } });
      return findings.list().map(({ code, count }) => [code, count]);
    };
    expect(codesOf(NOW - HOUR)).toEqual([]);
    expect(codesOf(NOW - 7 * DAY)).toEqual([['expired-not-purged', 1]]);
  });
});
