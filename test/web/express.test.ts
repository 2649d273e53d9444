import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import express from 'express';
// @ts-expect-error: the types of Express 4 are not here, and what is used of it is the same
import express4 from 'express4';
import { describe, expect, it, onTestFinished } from 'vitest';
import { moinSessions } from '../../src/web/express.js';
import { putFile, temporaryFolder } from '../aid/folder.js';
import { makeSite } from '../aid/site.js';
import { type App, describeAdapter } from '../aid/web/adapter.js';
import { listen } from '../aid/web/listen.js';

function application(framework: typeof express, site: App): RequestListener {
  const app = framework();
  app.set('env', 'test');
  app.use(moinSessions(site.sessions, { onError: site.onError }));
  return addRoutes(app, framework, site);
}

/** Express gives requests and responses another prototype for as long as they are in the inner application. */
function mounted(framework: typeof express, site: App): RequestListener {
  const outer = framework();
  outer.set('env', 'test');
  outer.use(moinSessions(site.sessions, { onError: site.onError }));
  return outer.use(addRoutes(framework(), framework, site));
}

function addRoutes(app: express.Express, framework: typeof express, { gate }: App): express.Express {
  // After us on purpose: a form that was read ahead can be read again.
  app.use(framework.urlencoded({ extended: false }));
  app.get('/count', ({ session, visit }, response) => {
    const count = Number(session.get('count') ?? 0) + 1;
    session.set('count', count);
    response.json({ count, user: visit.user?.name ?? null });
  });
  app.post(['/login', '/logout'], (request, response) => void response.json(request.body));
  app.get('/go', ({ session }, response) => {
    session.set('went', true);
    response.redirect('/count');
  });
  app.get('/fail', ({ session }) => {
    session.set('failed', true);
    throw new Error('the handler failed');
  });
  app.get('/stream', async ({ session }, response) => {
    session.set('first', 1);
    response.write('one');
    await gate;
    session.set('second', 2);
    response.end('two');
  });
  app.get('/late', async ({ session }, response) => {
    response.write('one');
    await gate;
    session.set('late', 1);
    response.end('two');
  });
  app.get('/headers', ({ session }, response) => {
    session.set('x', 1);
    response.cookie('own', '1', { path: '' }).vary('Accept').set('cache-control', 'no-store').send('x');
  });
  app.get('/empty', ({ session }, response) => {
    session.set('x', 1);
    response.status(304).end();
  });
  app.get('/nothing', (_request, response) => void response.send('nothing'));
  app.get('/cached', (_request, response) => {
    response.vary('Accept-Encoding').set('cache-control', 'public, max-age=60').send('x');
  });
  return app;
}

describeAdapter('Express 5', (app) => listen(createServer(application(express, app))));
describeAdapter('Express 4', (app) => listen(createServer(application(express4, app))));
describeAdapter('Express 5, mounted', (app) => listen(createServer(mounted(express, app))));

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
])('files in front of the middleware, %s', (_, framework) => {
  it('spec 4: they have neither Vary nor a cookie, and one behind it keeps the Cache-Control of its own', async () => {
    const folder = temporaryFolder();
    putFile(join(folder, 'logo.svg'), '<svg/>');
    const app = framework();
    app.use('/static', framework.static(folder, { maxAge: '1h' }));
    app.use(moinSessions(makeSite().sessions));
    app.use('/behind', framework.static(folder));
    app.use('/private', framework.static(folder, { cacheControl: false }));
    const running = await listen(createServer(app));
    onTestFinished(async () => void (await running.close()));
    const headersOf = async (path: string) => {
      const { status, headers } = await fetch(`${running.origin}${path}`);
      expect(status).toBe(200);
      return [headers.get('cache-control'), headers.get('vary'), headers.has('set-cookie')];
    };
    expect(await headersOf('/static/logo.svg')).toEqual(['public, max-age=3600', null, false]);
    const behind = 'public, max-age=0, no-cache="Set-Cookie"';
    expect(await headersOf('/behind/logo.svg')).toEqual([behind, 'Cookie', true]);
    expect(await headersOf('/private/logo.svg')).toEqual(['private, no-cache="Set-Cookie"', 'Cookie', true]);
  });
});
