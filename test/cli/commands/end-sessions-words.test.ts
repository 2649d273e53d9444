import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import type { MemoryStore } from '../../../src/store/memory.js';
import { cli } from '../../aid/cli/fake-context.js';
import { NOW, sample, storeOf } from '../../aid/records.js';

let store: MemoryStore;
const id = (digits: string) => digits.padEnd(32, '0');
const expired = { cookieExpires: NOW - 2 * HOUR };
const over = { cookieExpires: NOW - HOUR, expires: NOW, ended: { at: NOW, by: 'user' as const } };

beforeEach(async () => {
  store = await storeOf(
    sample('aaaa'),
    sample('abab', { user: 'bob' }),
    sample('cccc', expired),
    sample('dddd', over),
  );
});

describe('what was done, in words', () => {
  it('a session that had ended is no riddle', async () => {
    expect((await cli({ store }, 'expire', 'dddd')).out).toBe('Ended 0 sessions; 1 had ended already.\n');
    expect((await cli({ store }, 'expire', 'cccc')).out).toBe('Ended 0 sessions; 1 had expired already.\n');
  });

  it('each cause by itself', async () => {
    store.putBytes(id('eeee'), '{"half');
    expect((await cli({ store }, 'expire', '--all', '-y')).out).toMatch(
      /^Ended 2 sessions \(\d+ B\); 1 had ended already, 1 had expired already, 1 is unreadable\.\n$/,
    );
    expect((await cli({ store }, 'purge', '--all', '-y')).out).toMatch(
      /^Removed 4 sessions \(\S+ k?B\); 1 is unreadable\.\n$/,
    );
  });

  it('I5: one that did not match any more when it came to it', async () => {
    const update = store.update.bind(store);
    store.update = async (session, change) => {
      await update(session, (record) => ({ ...record, seen: NOW }));
      return update(session, change);
    };
    await store.delete(id('aaaa'));
    await store.create(sample('aaaa', { seen: NOW - 3 * HOUR }));
    const { out } = await cli({ store }, 'expire', '--user', 'alice', '--idle', '2h', '--active', '-y');
    expect(out).toBe('Ended 0 sessions; 1 changed meanwhile and did not match any more.\n');
  });

  it('the report for programs stays what it is', async () => {
    const { out } = await cli({ store }, 'expire', 'dddd', '--format', 'ndjson');
    expect(Object.keys(JSON.parse(out))).toEqual(['matched', 'expired', 'kept', 'failed', 'bytes', 'dryRun']);
  });
});

describe('--reason', () => {
  it('is kept and shown to operators', async () => {
    const lost = 'a lost laptop, ticket 4711';
    await cli({ store }, 'expire', 'aaaa', '-y', '--reason', lost);
    expect((await store.find(id('aaaa')))?.ended).toMatchObject({ by: 'administrator', reason: lost });
    expect((await cli({ store }, 'list', '--fields', 'endReason', '--user', 'alice')).out).toContain(lost);
  });

  it.each(['', ' \n', 'x'.repeat(201)])('%j is refused before anything is done', async (reason) => {
    expect((await cli({ store }, 'expire', 'aaaa', '-y', '--reason', reason)).code).toBe(2);
    expect((await store.find(id('aaaa')))?.ended).toBeNull();
  });

  it('purge has none: a removed record keeps nothing', async () => {
    expect((await cli({ store }, 'purge', 'aaaa', '-y', '--reason', 'x')).code).toBe(2);
  });
});

describe('the question', () => {
  it('names no more than three users, and none at length or with control characters', async () => {
    const many = await storeOf(
      sample('1111', { user: 'x'.repeat(100) }),
      sample('2222', { user: 'a\u001b[2Jb' }),
      sample('3333', { user: '田中さくら' }),
      sample('4444', { user: 'dora' }),
      sample('5555', { user: 'eve', cookieExpires: NOW - 1, expires: NOW + HOUR }),
      sample('6666', { user: null }),
    );
    const { asked } = await cli({ store: many, tty: true, answers: [false] }, 'expire', '--all');
    expect(asked).toEqual([
      `End 6 sessions (5 active) of ${'x'.repeat(31)}…, a␛[2Jb, 田中さくら, other users and visitors in memory?`,
    ]);
  });
});

describe('--verbose lists the sessions, with the fields of list', () => {
  it('of a dry run: which would go, and the sentence below', async () => {
    const { out, code } = await cli({ store }, 'expire', '--user', 'alice', '-n', '--verbose');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^ID .*USER NAME.*\naaaa0{8} {2}alice .*active.*\nWould end 1 session \(\d+ B\); .*\.\n$/,
    );
    expect((await store.find(id('aaaa')))?.ended).toBeNull();
  });

  it('ndjson: one session a line on stdout, as it was before; the sentence on stderr', async () => {
    const { out, err } = await cli({ store }, 'expire', '--all', '-y', '-v', '--format', 'ndjson');
    const sessions = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(sessions).toMatchObject([
      { id: id('aaaa'), state: 'active', userName: 'alice', endedAt: null },
      { id: id('abab'), state: 'active', userName: 'bob', endedAt: null },
    ]);
    expect(err).toMatch(/^moin-sessions: Ended 2 sessions/);
  });

  it('json is one array, also an empty one; -q leaves the sentence out', async () => {
    const some = await cli({ store }, 'purge', '--expired', '-v', '--json', '-q');
    expect(JSON.parse(some.out)).toMatchObject([{ id: id('cccc'), state: 'expired' }, { id: id('dddd') }]);
    expect(some.err).toBe('');
    expect((await cli({ store }, 'purge', '--expired', '-v', '--json', '-q')).out).toBe('[]\n');
  });

  it('--fields names fields of sessions; without --verbose those of the report', async () => {
    const flags = ['expire', 'aaaa', '-n', '--format', 'csv', '--fields', 'id,state'];
    expect((await cli({ store }, ...flags, '-v')).out).toBe(`id,state\r\n${id('aaaa')},active\r\n`);
    expect((await cli({ store }, ...flags)).code).toBe(2);
  });

  it('says of a refused session that it was refused', async () => {
    const users = {
      findByName: async () => null,
      findById: async () => null,
      verifyPassword: async () => false,
    };
    const { SessionAdmin } = await import('../../../src/session/admin/admin.js');
    const admin = new SessionAdmin({ store, users, clock: () => NOW });
    const states: string[] = [];
    const onSession = ({ state }: { state: string }) => states.push(state);
    await admin.expire({ userId: 'id-alice' }, { dryRun: true, onSession });
    await admin.purge([id('abab')], { onSession });
    expect(states).toEqual(['refused', 'refused']);
  });

  it('a reader who leaves stops no work, and the command ends quietly', async () => {
    const many = await storeOf(...Array.from({ length: 300 }, (_, n) => sample((0x100000 + n).toString(16))));
    const flags = ['expire', '--all', '-y', '-v', '--format', 'ndjson'];
    const { code, err } = await cli({ store: many, readerLeavesAfter: 1 }, ...flags);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { out } = await cli({ store: many }, 'list', '--active', '--format', 'count');
    expect(out).toBe('0\n');
  });
});
