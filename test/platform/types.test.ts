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

/** Uses what an application uses, of every entry point but those that `WITH_EXPRESS_SESSION` uses. */
const PROGRAM = `
  import { createSessions, defineConfig, FileStore, FileUserDirectory, MemoryStore, openStore, TooManyLoginsError, trail } from 'moin-sessions';
  import type { AuthMethod, Session, SessionStore, UserDirectory } from 'moin-sessions';
  import { moinSessions } from 'moin-sessions/express';
  import { moinSessions as fastifySessions } from 'moin-sessions/fastify';
  import { withSessions } from 'moin-sessions/fetch';
  import { withSessions as listener } from 'moin-sessions/node';
  import express from 'express';
  import Fastify from 'fastify';

  declare module 'moin-sessions' {
    interface SessionValues { cart: string[] }
  }

  const sessions = createSessions(defineConfig({ store: 'memory:', users: new URL('file:///users.json') }));
  express().use(moinSessions(sessions)).get('/', ({ visit }, response) => {
    const cart: string[] | undefined = visit.session.get('cart');
    response.send([cart?.length, visit.user?.name, trail(visit).pages]);
  });
  void Fastify().register(fastifySessions, { sessions });
  export const answer = withSessions(sessions, (request, visit) => new Response(request.url + visit.user?.id));
  export const handler = listener(sessions, (request, response) => response.end(request.visit.user?.id));

  // @ts-expect-error: the types are there, and no any
  sessions.list({ kind: 'nobody' });

  export function keysOf(session: Session): string[] {
    for (const [key, value] of session) console.log(key, value);
    return [...session.keys()];
  }
  export async function work(store: SessionStore, users: UserDirectory): Promise<void> {
    for await (const { id, state } of sessions.list({ kind: 'user' })) console.log(id, state);
    await store.update('', (record) => ({ ...record, data: {} }));
    await users.verifyPassword(null, '', 'name').catch((error) => error instanceof TooManyLoginsError);
    await (await openStore(new URL('file:///store'))).close();
    console.log(new FileStore('store'), new MemoryStore(), new FileUserDirectory('users.json'));
  }
  export const method: AuthMethod = {
    name: 'own',
    async authenticate(request, { user }) {
      return { user, continue: request.method === 'GET' };
    },
  };
`;

/** In a program of its own: its published types claim \`req.session\`, which is ours in \`/express\`. */
const WITH_EXPRESS_SESSION = `
  import session from 'express-session';
  import { MoinStore } from 'moin-sessions/express-session';
  export const middleware = session({ secret: 'x', store: new MoinStore('file:sessions', { cookieLifetime: 2 }) });
`;

/** Programs, compilers and options that differ enough to be worth their time: each run checks all libraries. */
const RUNS = [
  ['an application', 'typescript54', PROGRAM, { exactOptionalPropertyTypes: false }],
  ['an application', 'typescript', PROGRAM, { exactOptionalPropertyTypes: false }],
  ['an application', 'typescript', PROGRAM, { exactOptionalPropertyTypes: true }],
  ['one with express-session', 'typescript54', WITH_EXPRESS_SESSION, { exactOptionalPropertyTypes: true }],
  ['one with express-session', 'typescript', WITH_EXPRESS_SESSION, { exactOptionalPropertyTypes: true }],
] as const;

describe("the package's types, with skipLibCheck off", () => {
  it.for(RUNS)('%s compiles with %s', { timeout: 300_000 }, ([, version, program, more], context) => {
    need(context, missing(version));
    const paths = { 'express-session': [join(PROJECT, 'node_modules/types-express-session/index.d.ts')] };
    expect(app.compile(version, program, { ...more, ...(program !== PROGRAM && { paths }) })).toBe('');
  });

  it('every entry point is among them', () => {
    const { exports } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
    for (const entry of Object.keys(exports).filter((name) => name !== './package.json'))
      expect(PROGRAM + WITH_EXPRESS_SESSION).toContain(`'${entry.replace('.', 'moin-sessions')}'`);
  });
});
