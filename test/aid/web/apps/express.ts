import { createServer, type RequestListener } from 'node:http';
import express from 'express';
// @ts-expect-error: the types of Express 4 are not here, and what is used of it is the same
import express4 from 'express4';
import { moinSessions } from '../../../../src/web/express.js';
import type { App } from '../adapter.js';
import { listen } from '../listen.js';

export const express5App = (app: App) => listen(createServer(application(express, app)));
export const express4App = (app: App) => listen(createServer(application(express4, app)));
export const mountedExpress5App = (app: App) => listen(createServer(mounted(express, app)));

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
