import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../src/base/clock.js';
import { LoginLimit } from '../../../src/session/lifecycle/login-limit.js';
import type { SessionRecord } from '../../../src/store/contract.js';
import { MemoryStore } from '../../../src/store/memory.js';
import { aRecord, owner } from '../../aid/records.js';

const NOW = 1_500_000;
const id = (digit: string) => digit.repeat(32);

/** A login of one user; its id is this digit, repeated. */
function login(digit: string, fields: Partial<SessionRecord> = {}): SessionRecord {
  const lifetime = { cookieExpires: NOW + HOUR, expires: NOW + 2 * HOUR };
  return aRecord(digit, { id: id(digit), user: owner('1'), seen: NOW, ...lifetime, ...fields });
}

/** Makes room for the last of these logins. `ended`: the first digits of the ids that ended, in that order. */
async function makeRoom(onLimit: 'evict' | 'deny', max: number, ...logins: SessionRecord[]) {
  const store = new MemoryStore();
  for (const record of logins) await store.create(record);
  const ended: string[] = [];
  const limit = new LoginLimit({
    store,
    clock: () => NOW,
    maxSessionsPerUser: max,
    onLimit,
    emit: (_event, details) => ended.push(String(details.id?.[0])),
  });
  const isAdmitted = await limit.makeRoom(logins.at(-1) as SessionRecord, undefined);
  return { isAdmitted, ended };
}

describe('S9: the order in which logins over the limit end', () => {
  it('S9, evict: by last use; a time far ahead of the clock counts as no use at all', async () => {
    const old = login('1', { seen: NOW - 3 });
    const older = login('2', { seen: NOW - 5 });
    const ahead = login('3', { seen: NOW + HOUR });
    const fartherAhead = login('0', { seen: NOW + 2 * HOUR });
    const { ended } = await makeRoom('evict', 1, old, older, fartherAhead, ahead, login('f'));
    expect(ended).toEqual(['3', '0', '2', '1']);
  });

  it('S9, evict: a time up to one minute ahead of the clock counts as use', async () => {
    const minute = login('1', { seen: NOW + MINUTE });
    const more = login('2', { seen: NOW + MINUTE + 1 });
    expect(await makeRoom('evict', 2, minute, more, login('f'))).toEqual({ isAdmitted: true, ended: ['2'] });
  });

  it('S9, evict: of equal use the older session first, then the smaller id', async () => {
    const seen = NOW - 5;
    const young = login('1', { seen, created: 900 });
    const smaller = login('2', { seen, created: 800 });
    const larger = login('3', { seen, created: 800 });
    const { ended } = await makeRoom('evict', 1, young, larger, smaller, login('f'));
    expect(ended).toEqual(['2', '3', '1']);
  });

  it.each([
    ['a login that holds stays, though it was created later', { revision: 2, created: 900 }, '1'],
    ['the login that was created first stays', { created: 700 }, '1'],
    ['of two created at once the smaller id stays', { created: 800 }, '9'],
  ])('S9, deny: %s', async (_rule, other, ownId) => {
    const asked = login(ownId, { created: 800 });
    expect(await makeRoom('deny', 1, login('5', other), asked)).toEqual({ isAdmitted: false, ended: [] });
  });

  it.each([
    ['created first', { created: 900 }, '9'],
    ['of the smaller id', { created: 800 }, '1'],
  ])('S9, deny: of two logins under way the one %s ends the other', async (_rule, other, ownId) => {
    const asked = login(ownId, { created: 800 });
    expect(await makeRoom('deny', 1, login('5', other), asked)).toEqual({ isAdmitted: true, ended: ['5'] });
  });
});
