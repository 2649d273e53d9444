import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Session } from '../../../src/index.js';
import { withSessions } from '../../../src/web/fetch.js';
import { moinSessions } from '../../../src/web/hono.js';
import { deferred } from '../../aid/deferred.js';
import { makeSite, type Site } from '../../aid/site.js';

/** Answers a user's request with a body that runs `act` between its two chunks. */
type Start = (act: (session: Session) => unknown) => (request: Request) => Response | Promise<Response>;

let site: Site;
let errors: unknown[];
let warnings: (Error & { code?: string })[];
const onError = (error: unknown) => void errors.push(error);

beforeEach(() => {
  site = makeSite();
  errors = [];
  warnings = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
});

const byFetch: Start = (act) =>
  withSessions(
    site.sessions,
    (_request, { session }) => {
      const begun = deferred();
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(Buffer.from('one')),
        async pull(controller) {
          await begun.promise;
          await act(session);
          controller.enqueue(Buffer.from('two'));
          controller.close();
        },
      });
      setImmediate(begun.resolve);
      return new Response(body);
    },
    { onError },
  );

const byHono: Start = (act) => {
  const app = new Hono().use(moinSessions(site.sessions, { onError }));
  app.get('/', (context) =>
    stream(context, async (body) => {
      await body.write('one');
      await act(context.get('session'));
      await body.write('two');
    }),
  );
  return (request) => app.fetch(request);
};

describe.each([
  ['fetch', byFetch],
  ['Hono', byHono],
])('a stream that changes its session after the first byte (%s)', (_adapter, start) => {
  /** Reads the response to a user, then waits until warnings are emitted. */
  async function answer(act: (session: Session) => unknown): Promise<string> {
    const browser = site.browser();
    await browser.logIn('alice');
    const headers = { cookie: `MOIN_SESSION=${browser.cookie}` };
    const response = await start(act)(new Request('http://x/', { headers }));
    const body = await response.text();
    await new Promise((emitted) => setImmediate(emitted));
    return body;
  }

  it('spec 5: a new token that the browser did not get is a warning that names the remedy', async () => {
    expect(await answer((session) => session.rotate())).toBe('onetwo');
    expect(warnings).toMatchObject([{ name: 'MoinSessionsWarning', code: 'MOIN_SESSIONS_LATE_COOKIE' }]);
    expect(String(warnings[0])).toContain('rotate or log in before the first byte');
    expect(errors).toEqual([]);
  });

  it('spec 5: a value is saved without a warning, and so is the end of the session', async () => {
    await answer((session) => session.set('x', 1));
    expect((await site.records()).map(({ data }) => data)).toEqual([{ x: 1 }]);
    await answer((session) => session.destroy());
    expect(warnings).toEqual([]);
  });
});
