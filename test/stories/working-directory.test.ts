import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createSessions } from '../../src/index.js';
import { MoinStore } from '../../src/web/express-session/store.js';
import { temporaryFolder } from '../aid/folder.js';

/** Makes something in one working directory, and gives it with that directory once the process works in another. */
function madeElsewhere<T>(make: () => T): { made: T; before: string; now: string } {
  const home = process.cwd();
  onTestFinished(() => process.chdir(home));
  const [before, now] = [temporaryFolder(), temporaryFolder()];
  process.chdir(before);
  const made = make();
  process.chdir(now);
  return { made, before, now };
}

it.each(['sessions', 'file:sessions', undefined])(
  'spec 5: the store %s of createSessions stays in its folder after process.chdir',
  async (where) => {
    const { made, before, now } = madeElsewhere(() =>
      createSessions(where === undefined ? {} : { store: where }),
    );
    await made.begin({ headers: {} });
    await made.close();
    const folder = where === undefined ? '.moin-sessions' : 'sessions';
    expect(readdirSync(now)).toEqual([]);
    expect(readdirSync(join(before, folder))).toContain('secret');
  },
);

it('spec 5: the store of a MoinStore stays in its folder too', async () => {
  const { made, before, now } = madeElsewhere(() => new MoinStore('sessions'));
  const data = { cookie: { originalMaxAge: 1000 }, views: 1 };
  await new Promise<void>((done, fail) =>
    made.set('a session id', data, (error) => (error ? fail(error) : done())),
  );
  await made.close();
  expect(readdirSync(now)).toEqual([]);
  expect(readdirSync(before)).toEqual(['sessions']);
});
