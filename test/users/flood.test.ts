import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import express from 'express';
import Fastify from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { StoreError, TooManyLoginsError } from '../../src/index.js';
import { createSessions, type Sessions } from '../../src/sessions.js';
import type { DirectoryUser } from '../../src/users/directory.js';
import { FileUserDirectory } from '../../src/users/file.js';
import { withHashingSlot } from '../../src/users/scrypt.js';
import { moinSessions } from '../../src/web/express.js';
import { moinSessions as fastifySessions } from '../../src/web/fastify.js';
import { withSessions as withFetch } from '../../src/web/fetch.js';
import { withSessions as node } from '../../src/web/node.js';
import { temporaryFolder } from '../aid/folder.js';
import { makeSite } from '../aid/site.js';
import { TestUsers } from '../aid/users.js';
import { listen } from '../aid/web/listen.js';

const quiet = { onError: () => {} };
const SCRYPT = { cost: 2, blockSize: 1, parallelization: 1 };

async function directory() {
  const users = new FileUserDirectory(join(temporaryFolder(), 'users.json'), { scrypt: SCRYPT });
  await users.add('alice', 'secret');
  await users.add('victim', 'secret');
  return users;
}

async function site() {
  const users = await directory();
  const sessions = createSessions({ store: 'memory:', secrets: 'x'.repeat(32), users });
  onTestFinished(() => sessions.close());
  return sessions;
}

const logIn = (origin: string, name: string, password: string) =>
  fetch(`${origin}/login`, {
    method: 'POST',
    body: new URLSearchParams({ login: '1', name, password }),
  });

/** With 52 checks of one name under way that do not end before alice has come: a login under that name, and hers. */
async function flood(origin: string, name: string) {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const checks = Array.from({ length: 52 }, () => withHashingSlot(name, () => gate).catch(() => {}));
  const guess = await logIn(origin, name, 'wrong');
  const alice = logIn(origin, 'alice', 'secret');
  // Her login makes one of the checks give way, or is refused itself.
  await Promise.race([alice, ...checks]);
  open();
  return { guess, alice: await alice };
}

describe('a flood of logins', () => {
  it.each(['victim', 'nobody'])('at the name %s: that name is refused, alice gets in', async (name) => {
    const users = await directory();
    const attempt = async (typed: string, password: string) =>
      users.verifyPassword(await users.findByName(typed), password, typed);
    const guesses = Promise.allSettled(Array.from({ length: 80 }, () => attempt(name, 'wrong')));
    const alice = attempt('alice', 'secret');
    expect(await alice).toBe(true);
    const errors = (await guesses).flatMap((guess) => (guess.status === 'rejected' ? [guess.reason] : []));
    expect(errors).toHaveLength(80 - 52 + 1);
    for (const error of errors) expect(error).toBeInstanceOf(TooManyLoginsError);
    expect(errors[0]).toBeInstanceOf(StoreError);
    expect(errors[0]).toMatchObject({ statusCode: 429, retryAfter: 10 });
    expect(errors[0].message).toMatch(/try again in a few seconds/);
  });

  it('is the same for a name that somebody has and one that nobody has', async () => {
    const outcomes = async (name: string) => {
      const users = await directory();
      const user = await users.findByName(name);
      const other = () => users.verifyPassword(null, 'wrong', 'other');
      const guess = () => users.verifyPassword(user, 'wrong', name);
      const attempts = Array.from({ length: 30 }, () => [other(), guess()]).flat();
      return (await Promise.allSettled(attempts)).map(({ status }) => status);
    };
    expect(await outcomes('victim')).toEqual(await outcomes('nobody'));
  });

  it.each(['victim', 'nobody'])('Express answers %s with 429 and Retry-After by itself', async (name) => {
    const app = express().set('env', 'test');
    app.use(moinSessions(await site()));
    app.use(({ visit }, response) => void response.send(visit.user?.name ?? 'nobody'));
    const server = await listen(createServer(app));
    onTestFinished(async () => void (await server.close()));
    const { guess, alice } = await flood(server.origin, name);
    expect(guess.status).toBe(429);
    expect(guess.headers.get('retry-after')).toBe('10');
    expect(await alice.text()).toBe('alice');
  });

  it('Fastify answers with 429 and Retry-After by itself', async () => {
    const app = Fastify();
    await app.register(fastifySessions, { sessions: await site() });
    app.post('/login', async ({ visit }) => visit.user?.name ?? 'nobody');
    onTestFinished(async () => void (await app.close()));
    const origin = await app.listen({ port: 0, host: '127.0.0.1' });
    const { guess, alice } = await flood(origin, 'victim');
    expect(guess.status).toBe(429);
    expect(guess.headers.get('retry-after')).toBe('10');
    expect(await alice.text()).toBe('alice');
  });

  it.each<[string, (sessions: Sessions) => RequestListener]>([
    ['/node', (sessions) => node(sessions, ({ visit }, response) => response.end(visit.user?.name), quiet)],
    [
      '/fetch',
      (sessions) =>
        getRequestListener(
          withFetch(sessions, (_request, { user }) => new Response(user?.name ?? 'nobody'), quiet),
        ) as RequestListener,
    ],
  ])('%s answers with 429 and Retry-After', async (_name, listener) => {
    const server = await listen(createServer(listener(await site())));
    onTestFinished(async () => void (await server.close()));
    const { guess, alice } = await flood(server.origin, 'victim');
    expect([guess.status, guess.headers.get('retry-after')]).toEqual([429, '10']);
    expect(await guess.text()).toBe('Too Many Requests\n');
    expect(await alice.text()).toBe('alice');
  });

  it.each(['moin_login', 'http_basic'] as const)('%s says which name was typed', async (method) => {
    const typed: unknown[] = [];
    class Asked extends TestUsers {
      override async verifyPassword(user: DirectoryUser | null, password: string, name?: string) {
        typed.push([user?.name, name]);
        return super.verifyPassword(user, password);
      }
    }
    const { browser } = makeSite({ users: new Asked(), auth: [method] });
    for (const name of ['alice', 'nobody']) {
      const authorization = `Basic ${Buffer.from(`${name}:wrong`).toString('base64')}`;
      const form = { login: true, name, password: 'wrong' };
      await browser().visit(method === 'moin_login' ? { form } : { headers: { authorization } });
    }
    expect(typed).toEqual([
      ['alice', 'alice'],
      [undefined, 'nobody'],
    ]);
  });
});
