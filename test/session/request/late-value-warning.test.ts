import { createServer } from 'node:http';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import type { Session } from '../../../src/session/session.js';
import { deferred } from '../../aid/deferred.js';
import { SECRET } from '../../aid/site.js';
import { HttpBrowser } from '../../aid/web/http-browser.js';
import { listen } from '../../aid/web/listen.js';

/** The warning is emitted once in a process: each test has modules of its own. */
beforeEach(() => void vi.resetModules());

async function newSessions() {
  const { createSessions } = await import('../../../src/index.js');
  return createSessions({ store: 'memory:', secrets: SECRET, anonymousCookieLifetime: 1 });
}

/** The warnings of the process during this test. */
function warningsOf(): (Error & { code?: string })[] {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
  return warnings;
}

/** The turns of the event loop after which the session has looked and the process has emitted its warnings. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}

/** The session of a request whose response has ended, over node:http. */
async function overNode(): Promise<Session> {
  const { withSessions } = await import('../../../src/web/node.js');
  const over = deferred();
  let session: Session | undefined;
  const { origin, close } = await listen(
    createServer(
      withSessions(await newSessions(), (request, response) => {
        session = request.session;
        response.once('close', () => setImmediate(over.resolve));
        response.end('ok');
      }),
    ),
  );
  onTestFinished(async () => void (await close()));
  const browser = new HttpBrowser(origin);
  for (let visit = 0; visit < 2; visit++) await (await browser.fetch('/')).text();
  await over.promise;
  await turns();
  return session as Session;
}

/** The same with a Request and a Response. */
async function overFetch(body: string | null): Promise<Session> {
  const { withSessions } = await import('../../../src/web/fetch.js');
  let session: Session | undefined;
  const handle = withSessions(await newSessions(), (_request, visit) => {
    session = visit.session;
    return new Response(body);
  });
  const first = await handle(new Request('http://wiki.example/'));
  const cookie = first.headers.getSetCookie()[0]?.split(';')[0] as string;
  await (await handle(new Request('http://wiki.example/', { headers: { cookie } }))).text();
  return session as Session;
}

it.each([
  ['node:http', overNode],
  ['fetch', () => overFetch('ok')],
  ['fetch, without a body', () => overFetch(null)],
])(
  'spec 5: a value set after the response that nothing saves (%s): one warning, with the remedy',
  async (_, begin) => {
    const warnings = warningsOf();
    const session = await begin();
    expect(session.available).toBe(true);
    session.set('saved', 1);
    await session.save();
    await session.update('updated', () => 1);
    await turns();
    expect(warnings).toEqual([]);
    session.set('lost "key"', 1);
    session.delete('saved');
    await turns();
    expect(warnings).toMatchObject([{ name: 'MoinSessionsWarning', code: 'MOIN_SESSIONS_LATE_VALUE' }]);
    expect(warnings[0]?.message).toMatch(/"lost \\"key\\"".*await session\.save\(\)/);
  },
);

it('spec 5: session.clear() after the response that nothing saves: one warning, which names a key', async () => {
  const warnings = warningsOf();
  const session = await overFetch('ok');
  session.clear();
  await turns();
  expect(warnings).toEqual([]);
  session.set('cart', 1).set('draft', 2);
  await session.save();
  await turns();
  session.clear();
  await turns();
  expect(warnings).toMatchObject([{ code: 'MOIN_SESSIONS_LATE_VALUE' }]);
  expect(warnings[0]?.message).toContain('session key "cart" was changed');
});

it('spec 5: a value set after the response in a session that the request has ended: no warning, a save would not help', async () => {
  const warnings = warningsOf();
  const session = await overFetch('ok');
  await session.destroy();
  session.set('lost', 1);
  await turns();
  expect(warnings).toEqual([]);
  expect(await session.save()).toBe('unavailable');
});
