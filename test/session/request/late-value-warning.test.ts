import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import type { Session } from '../../../src/session/session.js';
import { withSessions as withFetch } from '../../../src/web/fetch.js';
import { withSessions } from '../../../src/web/node.js';
import { deferred } from '../../aid/deferred.js';
import { makeSite } from '../../aid/site.js';
import { HttpBrowser } from '../../aid/web/http-browser.js';
import { listen } from '../../aid/web/listen.js';

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
async function overNode(site = makeSite()): Promise<Session> {
  const over = deferred();
  let session: Session | undefined;
  const { origin, close } = await listen(
    createServer(
      withSessions(site.sessions, (request, response) => {
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
async function overFetch(body: string | null, site = makeSite()): Promise<Session> {
  let session: Session | undefined;
  const handle = withFetch(site.sessions, (_request, visit) => {
    session = visit.session;
    return new Response(body);
  });
  const first = await handle(new Request('http://wiki.example/'));
  const cookie = first.headers.getSetCookie()[0]?.split(';')[0] as string;
  await (await handle(new Request('http://wiki.example/', { headers: { cookie } }))).text();
  return session as Session;
}

it('spec 5: a value set after the response that nothing saves: one warning, with the key and the remedy', async () => {
  const warnings = warningsOf();
  const sessions = [await overNode(), await overFetch('ok'), await overFetch(null)];
  for (const session of sessions) {
    expect(session.available).toBe(true);
    session.set('saved', 1);
    await session.save();
    await session.update('updated', () => 1);
  }
  await turns();
  expect(warnings).toEqual([]);
  for (const session of sessions) session.set('lost "key"', 1);
  await turns();
  expect(warnings).toMatchObject([{ name: 'MoinSessionsWarning', code: 'MOIN_SESSIONS_LATE_VALUE' }]);
  expect(warnings[0]?.message).toMatch(/"lost \\"key\\"".*await session\.save\(\)/);
});
