import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Sessions } from '../../../src/index.js';
import { SECRET } from '../../aid/site.js';
import { TestUsers } from '../../aid/users.js';

let warnings: (Error & { code?: string; detail?: string })[];

/** The flag of refused logins is the process's: each test has modules of its own. */
beforeEach(() => {
  vi.resetModules();
  warnings = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
});

/** A site without `onError`, whose users refuse each login or whose handler throws. */
async function start(thrown: unknown): Promise<(path: string) => Promise<Response>> {
  const { createSessions, TooManyLoginsError } = await import('../../../src/index.js');
  const { withSessions } = await import('../../../src/web/fetch.js');
  const users = new TestUsers();
  users.verifyPassword = async () => {
    throw new TooManyLoginsError(3);
  };
  const sessions: Sessions = createSessions({ store: 'memory:', users, secrets: SECRET });
  const handle = withSessions(sessions, () => {
    throw thrown;
  });
  return async (path) => {
    const body = new URLSearchParams({ login: '1', name: 'alice', password: 'hunter2' });
    const response = await handle(new Request(`http://x${path}`, { method: 'POST', body }));
    await new Promise((emitted) => setImmediate(emitted));
    return response;
  };
}

describe('spec 5: the default of onError', () => {
  it('each error of a handler is a warning with its message and stack; the visitor gets neither', async () => {
    const error = new Error('the cellar is flooded');
    const send = await start(error);
    for (const _time of [1, 2]) expect(await (await send('/')).text()).toBe('Internal Server Error\n');
    const warning = {
      name: 'MoinSessionsWarning',
      code: 'MOIN_SESSIONS_REQUEST_FAILED',
      message: 'a request was answered with an error: the cellar is flooded',
      detail: error.stack,
    };
    expect(warnings).toMatchObject([warning, warning]);
  });

  it('a thrown value that is no Error is told, too', async () => {
    await (await start('a text'))('/');
    expect(warnings).toMatchObject([{ message: 'a request was answered with an error: a text' }]);
  });

  it('a flood of logins is one warning; errors of handlers before and after it are told', async () => {
    const send = await start(new Error('the cellar is flooded'));
    await send('/');
    for (const _time of [1, 2, 3]) expect((await send('/login')).status).toBe(429);
    await send('/');
    await send('/login');
    const [first, flood, last, ...others] = warnings.map(({ message }) => message);
    expect([first, last]).toEqual(
      Array(2).fill('a request was answered with an error: the cellar is flooded'),
    );
    expect(flood).toContain('too many logins at once');
    expect(others).toEqual([]);
    expect(String(warnings)).not.toContain('hunter2');
  });
});
