import { expect, it } from 'vitest';
import { DAY, HOUR } from '../../../../src/base/clock.js';
import { checkNode } from '../../../../src/session/admin/check/environment.js';
import { RecordCheck } from '../../../../src/session/admin/check/records.js';
import { Findings } from '../../../../src/store/finding.js';
import type { UserDirectory } from '../../../../src/users/directory.js';
import { NOW, type Sample, sample } from '../../../aid/records.js';

/** A directory that knows alice, and counts the questions. */
function directory() {
  const asked: string[] = [];
  const users: UserDirectory = {
    findByName: async () => null,
    findById: async (id) => {
      asked.push(id);
      return id === 'id-alice' ? { id, name: 'alice' } : null;
    },
    verifyPassword: async () => false,
  };
  return { users, asked };
}

async function found(records: Sample[], users: UserDirectory | undefined = directory().users) {
  const findings = new Findings();
  const check = new RecordCheck({ findings, users, at: NOW, onSeen: () => {} });
  for (const [n, record] of records.entries()) {
    const one = sample(n.toString(16).padStart(4, '0'), record);
    check.see({ id: one.id, bytes: 1, record: one });
  }
  await check.settle(true);
  return findings.list().map(({ code, count }) => [code, count]);
}

it('sessions in use and of visitors: nothing', async () => {
  expect(await found([{}, { user: null }, { cookieExpires: NOW - HOUR }])).toEqual([]);
});

it('sessions of users who do not exist, unless they are over; each user is asked for once', async () => {
  const { users, asked } = directory();
  const over = { user: 'carol', cookieExpires: NOW - 3 * HOUR };
  const bob = { user: 'bob' };
  expect(await found([bob, bob, bob, over, {}], users)).toEqual([['user-gone', 3]]);
  expect(asked).toEqual(['id-bob', 'id-alice']);
});

it('of express-session the directory knows nothing, so its users count as there', async () => {
  const { users, asked } = directory();
  const findings = new Findings();
  const check = new RecordCheck({ findings, users, at: NOW, onSeen: () => {} });
  for (const method of ['express-session', 'express-session:google']) {
    const record = { ...sample('abcd'), user: { id: '17', name: 'bob', method } };
    check.see({ id: record.id, bytes: 1, record });
  }
  await check.settle(true);
  expect(findings.list()).toEqual([]);
  expect(asked).toEqual([]);
});

it('expired for a week is too long, a day is not', async () => {
  const records = [9, 8, 1].map((days) => ({ cookieExpires: NOW - days * DAY }));
  expect(await found(records)).toEqual([['expired-not-purged', 2]]);
});

it('seen at a time to come: a clock is wrong', async () => {
  expect(await found([{ seen: NOW + HOUR }, { seen: NOW + 1000 }])).toEqual([['session-from-the-future', 1]]);
});

it('asks for a hundred thousand users in batches, and finds each session once', async () => {
  const { users } = directory();
  const findings = new Findings();
  const check = new RecordCheck({ findings, users, at: NOW, onSeen: () => {} });
  for (let n = 0; n < 100_000; n++) {
    const record = sample(n.toString(16).padStart(8, '0'), { user: `gone-${n % 60_000}` });
    check.see({ id: record.id, bytes: 1, record });
    if (n % 100 === 99) await check.settle();
  }
  await check.settle(true);
  expect(findings.list().map(({ code, count }) => [code, count])).toEqual([['user-gone', 100_000]]);
});

it.each([
  ['20.20.2', '2026-04-01', false],
  ['20.20.2', '2026-05-01', true],
  ['21.1.0', '2026-01-01', true],
  ['24.0.0', '2028-04-30', false],
  ['28.0.0', '2031-01-01', false],
])('Node %s on %s: at its end %s', (version, day, isOver) => {
  const findings = new Findings();
  checkNode(findings, Date.parse(`${day}T12:00Z`), version);
  // A warning would keep the daily `check` of a cron job at exit 4.
  expect(findings.list().map(({ code, severity }) => [code, severity])).toEqual(
    isOver ? [['node-end-of-life', 'info']] : [],
  );
});
