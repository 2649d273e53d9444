import { createHash } from 'node:crypto';
import express from 'express';
import session from 'express-session';
import { makeFileStore, makeMemoryStore, makeRedisStore } from './contestants/peers.mjs';
import { temporaryFolder } from './folder.mjs';
import { data } from './sample.mjs';

// One web application in its own process: node http-server.mjs KIND [URL of Redis]. Reports its port when it listens.
const [kind, redisUrl] = process.argv.slice(2);

const SESSIONS = {
  bare: async () => {
    const session = { counter: 0 };
    return (request, _response, next) => {
      request.session = session;
      next();
    };
  },
  'moin-sessions, files': () => ours('file:'),
  'moin-sessions, memory': () => ours('memory:'),
  MemoryStore: async () => theirs(makeMemoryStore()),
  'session-file-store': async () => theirs(makeFileStore(temporaryFolder())),
  'connect-redis': async () => theirs((await makeRedisStore(redisUrl)).store),
};

async function ours(scheme) {
  const { createSessions } = await import('../dist/index.js');
  const { moinSessions } = await import('../dist/web/express.js');
  const store = scheme === 'file:' ? `file:${temporaryFolder()}` : scheme;
  const secrets = [createHash('sha256').update('bench').digest()];
  const sessions = createSessions({
    store,
    secrets,
    auth: ['moin_session', 'moin_anon_session'],
    anonymousCookieLifetime: 12,
  });
  return moinSessions(sessions);
}

/** The options that the manual of express-session recommends. */
async function theirs(store) {
  return session({
    store,
    secret: 'bench',
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 43_200_000 },
  });
}

/** Reads and sets values in the way of each library: as properties, or as in a Map. */
const isOurs = kind.startsWith('moin-sessions');
const get = (session, key) => (isOurs ? session.get(key) : session[key]);
const set = (session, key, value) => {
  if (isOurs) session.set(key, value);
  else session[key] = value;
};

const app = express();
app.use(await SESSIONS[kind]());
app.get('/fill', (request, response) => {
  for (const [key, value] of Object.entries(data(1))) set(request.session, key, value);
  response.send('filled');
});
app.get('/read', (request, response) => {
  response.send(`${get(request.session, 'counter')}`);
});
app.get('/write', (request, response) => {
  const counter = (get(request.session, 'counter') ?? 0) + 1;
  set(request.session, 'counter', counter);
  response.send(`${counter}`);
});
const server = app.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('message', () => process.send(process.cpuUsage()));
process.on('disconnect', () => process.exit());
