import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wholeClock } from '../../src/base/clock.js';
import { ConfigurationError, createSessions, FileUserDirectory } from '../../src/index.js';
import { MoinStore } from '../../src/web/express-session/store.js';
import { temporaryFolder } from '../aid/folder.js';

const preciseClock = () => performance.timeOrigin + performance.now() + 0.25;

const NO_CLOCKS: [string, unknown][] = [
  ['it is no function', new Date()],
  ['it gives NaN', () => Number.NaN],
  ['it gives Infinity', () => Number.POSITIVE_INFINITY],
  ['it gives a Date: take its getTime()', () => new Date()],
  ['it gives a value of type string', () => '5'],
  ['it gives a value of type bigint', () => 5n],
  ['it gives a value of type object', async () => 5],
  ['it gives a value of type undefined', () => undefined],
];

describe.each([
  ['createSessions', (clock: () => number) => createSessions({ clock })],
  ['MoinStore', (clock: () => number) => new MoinStore('memory:', { clock })],
  ['FileUserDirectory', (clock: () => number) => new FileUserDirectory('users.json', { clock })],
])('spec 3: the clock of %s is checked at once', (_, make) => {
  it.each(NO_CLOCKS)('%s', (why, clock) => {
    const error = attempt(() => make(clock as () => number));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(String(error)).toMatch(/option clock must be a function that gives the time in ms as a number/);
    expect(String(error)).toContain(`; ${why}`);
  });
});

describe('a clock of fractions', () => {
  it('spec 4: sessions are saved, restored and listed by it, in whole ms', async () => {
    const root = temporaryFolder();
    const users = new FileUserDirectory(join(root, 'users.json'), {
      clock: preciseClock,
      scrypt: { cost: 2, blockSize: 1, parallelization: 1 },
    });
    await users.add('alice', 'a password');
    const sessions = createSessions({ store: join(root, 'sessions'), users, clock: preciseClock });
    const form = { login: true, name: 'alice', password: 'a password' };
    const login = await sessions.begin({ method: 'POST', headers: {}, form });
    const setCookie = String((await login.commit())['set-cookie']);
    expect(setCookie).toMatch(/; Max-Age=\d+;/);
    const visit = await sessions.begin({ headers: { cookie: setCookie.split(';')[0] } });
    expect(visit.user?.name).toBe('alice');
    for await (const { created, seen } of sessions.list())
      expect([created, seen].map((time) => Number.isInteger(Number(time)))).toEqual([true, true]);
    await sessions.close();
  });

  it('is rounded down', () => {
    expect(wholeClock(() => 1_900_000_000_000.9)()).toBe(1_900_000_000_000);
  });
});

it('a clock that goes wrong later is no time either', () => {
  let time = 5;
  const clock = wholeClock(() => time);
  time = Number.NaN;
  expect(clock).toThrow(ConfigurationError);
});

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
