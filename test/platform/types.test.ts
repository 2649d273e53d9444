import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Application, application, missing } from '../aid/compiler.js';
import { need } from '../aid/need.js';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

let app: Application;
beforeAll(() => {
  app = application();
});
afterAll(() => app.remove());

/** Uses what an application uses, of every entry point but those that the programs below use. */
const PROGRAM = `
  import { Browser, CookieJar, loggedIn, storeChecks, testClock, visitor } from 'moin-sessions/testing';
  import { assertIdPrefix, assertSessionId, isSessionId, parseRecord, parseTombstone, storable } from 'moin-sessions';
  import { createSessions, defineConfig, FileStore, FileUserDirectory, MemoryStore, openStore, TooManyLoginsError, trail } from 'moin-sessions';
  import type { AuthMethod, Session, SessionStore, UserDirectory, Visit } from 'moin-sessions';
  import { moinSessions } from 'moin-sessions/express';
  import { moinSessions as fastifySessions } from 'moin-sessions/fastify';
  import { withSessions } from 'moin-sessions/fetch';
  import { withSessions as listener } from 'moin-sessions/node';
  import { RedisStore, RedisStoreError, type RedisProblem } from 'moin-sessions/redis';
  import { MoinStore, WikiUsers, isMoinStore, type WikiSettings } from 'moin-sessions/moin';
  import { createClient } from 'redis';
  import express from 'express';
  import Fastify from 'fastify';

  declare module 'moin-sessions' {
    interface SessionValues { cart: string[] }
    interface UserFields { roles: string[] }
  }

  const sessions = createSessions(defineConfig({ store: 'memory:', users: new URL('file:///users.json') }));
  express().use(moinSessions(sessions)).get('/', ({ visit }, response) => {
    const cart: string[] | undefined = visit.session.get('cart');
    const roles: string[] | undefined = visit.user?.roles ?? visit.realUser?.roles;
    response.send([cart?.length, visit.user?.name, roles, trail(visit).pages]);
  });
  export const signUp = (visit: Visit) => visit.logIn({ id: '17', name: 'alice', roles: ['editor'] });
  // @ts-expect-error: roles are texts
  export const wrong = (visit: Visit) => visit.logIn({ id: '17', roles: [1] });
  const fastify = Fastify();
  void fastify.register(fastifySessions, { sessions });
  fastify.get<{ Params: { id: string } }>('/:id', async ({ session, visit, params }) => {
    const cart: string[] | undefined = session.get('cart');
    return [cart?.length, visit.user?.name, params.id];
  });
  // @ts-expect-error: the option is loginPaths
  void fastify.register(fastifySessions, { sessions, loginPath: [] });
  export const answer = withSessions(sessions, (request, visit) => new Response(request.url + visit.user?.id));
  export const handler = listener(sessions, (request, response) => response.end(request.visit.user?.id));

  export const onRedis = createSessions({ store: new RedisStore(createClient(), { prefix: 'shop:' }) });
  export const why = (error: unknown): RedisProblem | null => error instanceof RedisStoreError ? error.problem : null;
  const wiki: WikiSettings = { superuser: ['AdminUser'], cookie_lifetime: [0, 12] };
  export const opened = openStore('moin:/srv/wiki/data', { wiki });
  export const users = async (store: SessionStore): Promise<WikiUsers | null> => isMoinStore(store) ? store.users : null;
  export const file = (store: MoinStore, id: string): Promise<string | null> => store.reveal(id);
  // @ts-expect-error: hours are numbers
  export const wrongWiki = new MoinStore('/srv/wiki/data', { cookie_lifetime: '12' });

  // @ts-expect-error: a client, and no options of one
  export const wrongRedis = new RedisStore({ url: 'redis://localhost' });

  // @ts-expect-error: the types are there, and no any
  sessions.list({ kind: 'nobody' });

  export function keysOf(session: Session): string[] {
    for (const [key, value] of session) console.log(key, value);
    return [...session.keys()];
  }
  export async function work(store: SessionStore, users: UserDirectory): Promise<void> {
    for await (const { id, state } of sessions.list({ kind: 'user' })) console.log(id, state);
    await store.update('', (record) => ({ ...record, data: {} }));
    const found: string[] | undefined = (await users.findById(''))?.roles;
    console.log(found);
    await users.verifyPassword(null, '', 'name').catch((error) => error instanceof TooManyLoginsError);
    await (await openStore(new URL('file:///store'))).close();
    console.log(new FileStore('store'), new MemoryStore(), new FileUserDirectory('users.json'));
  }
  export async function test(it: (title: string, run: () => Promise<void>) => void): Promise<void> {
    const kind = { open: () => new MemoryStore(), plant: (store: MemoryStore, id: string, text: string) => store.putBytes(id, text) };
    for (const { title, run } of storeChecks(kind)) it(title, run);
    const clock = testClock();
    const site = createSessions({ store: 'memory:', clock });
    clock.advance({ hours: 2 });
    const browser: Browser = await loggedIn(site, 'alice', { rememberMe: true });
    const { user, session } = await (await visitor(site)).get('/', (session) => session.set('cart', []));
    new Browser(site, { jar: new CookieJar(clock) }).receive(new Headers());
    console.log(user, session.get('cart')?.length, browser.playwrightCookies('http://localhost')[0]?.sameSite);
  }
  export function text(id: unknown, prefix: unknown): string | null {
    assertSessionId(id);
    assertIdPrefix(prefix);
    const { record, text } = storable(id, parseRecord(id, prefix));
    return isSessionId(record.id) ? text : (parseTombstone(text)?.successor ?? null);
  }
  export const method: AuthMethod = {
    name: 'own',
    async authenticate(request, { user }, { context }) {
      const { session, token } = await context.restore('x');
      request.session = session;
      return { user, continue: request.method === 'GET', headers: () => ({ 'x-token': token ?? undefined, 'set-cookie': ['a=1'] }) };
    },
  };
`;

/** With \`/express\` alone, \`request.session\` is ours, beside what Passport and connect-flash add to a request. */
const WITH_EXPRESS = `
  import flash from 'connect-flash';
  import express from 'express';
  import { createSessions } from 'moin-sessions';
  import { moinSessions } from 'moin-sessions/express';
  import passport from 'passport';

  declare module 'moin-sessions' {
    interface SessionValues { cart: string[] }
  }

  express().use(moinSessions(createSessions()), passport.initialize(), flash()).get('/', (request, response) => {
    const cart: string[] | undefined = request.session.get('cart');
    // @ts-expect-error: it is no any
    request.session.noMember;
    // @ts-expect-error: it cannot be replaced
    request.session = request.visit.session;
    response.send([cart, request.user, request.flash('info')]);
  });
`;

/** Needs no types of express-session. */
const WITH_STORE = `
  import { fromExpressSession, MoinStore, passportUser } from 'moin-sessions/express-session';
  export const store = new MoinStore('file:sessions', { cookieLifetime: 2, user: passportUser });
  export const count: Promise<number> = store.length();
  export const method = fromExpressSession({ store, secret: ['x'], user: async ({ userId }) => find(userId) });
  async function find(id: unknown): Promise<{ id: string; name: string } | null> {
    return typeof id === 'string' ? { id, name: id } : null;
  }
  store.on('save-dropped', console.warn);
  store.get('sid', (error, data) => console.log(error, data?.views));
`;

/** In one program, \`request.session\` is that of express-session, and ours is \`request.visit.session\`. */
const WITH_EXPRESS_SESSION = `
  import express from 'express';
  import session from 'express-session';
  import { createSessions } from 'moin-sessions';
  import { moinSessions } from 'moin-sessions/express';
  import { fromExpressSession, MoinStore } from 'moin-sessions/express-session';

  declare module 'express-session' {
    interface SessionData { views: number }
  }
  declare module 'moin-sessions' {
    interface SessionValues { cart: string[] }
  }

  const store = new MoinStore('file:sessions', { cookieLifetime: 2 });
  express().use(session({ secret: 'x', store })).get('/', ({ session, sessionID }, response) => {
    const views: number | undefined = session.views;
    // @ts-expect-error: it is no any
    session.noMember;
    session.regenerate(() => response.send([sessionID, views]));
  });
  export const moving = fromExpressSession({ store: new session.MemoryStore(), secret: 'x' });
  express().use(moinSessions(createSessions())).get('/', ({ visit }, response) => {
    const cart: string[] | undefined = visit.session.get('cart');
    response.send(cart);
  });
`;

/** In a program of its own: the types of Hono need TypeScript 5.7. */
const WITH_HONO = `
  import { Hono } from 'hono';
  import { createSessions } from 'moin-sessions';
  import { type MoinSessionsVariables, moinSessions } from 'moin-sessions/hono';
  declare module 'moin-sessions' {
    interface SessionValues { cart: string[] }
  }
  export const app = new Hono().use(moinSessions(createSessions())).get('/', (context) => {
    const cart: string[] | undefined = context.get('session').get('cart');
    return context.json([cart?.length, context.var.visit.user?.name]);
  });
  new Hono().get('/', (context) => context.text(context.get('visit').user?.name ?? ''));
  new Hono<{ Variables: MoinSessionsVariables }>().get('/', (context) => context.text(context.var.session.id ?? ''));
  // @ts-expect-error: the types are there, and no any
  new Hono().get('/', (context) => context.text(context.get('visit').nobody));
`;

/** Programs, compilers and options that differ enough to be worth their time: each run checks all libraries. */
const RUNS = [
  ['an application', 'typescript54', PROGRAM, { exactOptionalPropertyTypes: false }],
  ['an application', 'typescript', PROGRAM, { exactOptionalPropertyTypes: false }],
  ['an application', 'typescript', PROGRAM, { exactOptionalPropertyTypes: true }],
  ['one with Express and Passport', 'typescript54', WITH_EXPRESS, { exactOptionalPropertyTypes: true }],
  ['one with Express and Passport', 'typescript', WITH_EXPRESS, { exactOptionalPropertyTypes: true }],
  ['one with our store', 'typescript54', WITH_STORE, { exactOptionalPropertyTypes: true }],
  ['one with our store', 'typescript', WITH_STORE, { exactOptionalPropertyTypes: true }],
  ['one with express-session', 'typescript54', WITH_EXPRESS_SESSION, { exactOptionalPropertyTypes: true }],
  ['one with express-session', 'typescript', WITH_EXPRESS_SESSION, { exactOptionalPropertyTypes: true }],
  ['one with Hono, skipLibCheck on', 'typescript54', WITH_HONO, { skipLibCheck: true }],
  ['one with Hono', 'typescript', WITH_HONO, { exactOptionalPropertyTypes: true }],
] as const;

describe("the package's types, with skipLibCheck off", () => {
  it.for(RUNS)('%s compiles with %s', { timeout: 300_000 }, ([, version, program, more], context) => {
    need(context, missing(version));
    const paths = { 'express-session': [join(PROJECT, 'node_modules/types-express-session/index.d.ts')] };
    expect(
      app.compile(version, program, { ...more, ...(program === WITH_EXPRESS_SESSION && { paths }) }),
    ).toBe('');
  });

  it('an application compiles with TypeScript 7, which takes no types that nobody names', () => {
    const { exports } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
    const entries = Object.keys(exports).filter((name) => !name.endsWith('.json'));
    const program = (entry: string) => `export * from '${entry.replace('.', 'moin-sessions')}';`;
    const more = { types: undefined, lib: undefined, skipLibCheck: false };
    for (const entry of ['.', './node', './fetch', './moin', './redis', './testing']) {
      expect(entries).toContain(entry);
      expect(app.compile('typescript', program(entry), more)).toBe('');
    }
  });

  it('every entry point is among them', () => {
    const { exports } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
    for (const entry of Object.keys(exports).filter((name) => !name.endsWith('.json')))
      expect(PROGRAM + WITH_STORE + WITH_HONO).toContain(`'${entry.replace('.', 'moin-sessions')}'`);
  });
});
