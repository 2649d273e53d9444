import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import express, { type Response } from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moinSessions } from '../../../src/web/express.js';
import { type Handler, withSessions } from '../../../src/web/node.js';
import { deferred } from '../../aid/deferred.js';
import { onlyRecord } from '../../aid/records.js';
import { makeSite, type Site } from '../../aid/site.js';
import { visitor } from '../../aid/web/http-browser.js';
import { listen, type Running } from '../../aid/web/listen.js';

let site: Site;
let running: Running;
let errors: unknown[];
let warnings: Error[];
const onError = (error: unknown) => void errors.push(error);
const onWarning = (warning: Error) => void warnings.push(warning);

beforeEach(() => {
  site = makeSite();
  errors = [];
  warnings = [];
  process.on('warning', onWarning);
});

afterEach(async () => {
  process.off('warning', onWarning);
  await running.close();
});

interface Client {
  leave: () => void;
  closed: Promise<unknown>;
}

/** A visitor who has a cookie, and whose request for `/leave` is under way. */
async function visitWith(listener: Parameters<typeof createServer>[1]): Promise<Client> {
  running = await listen(createServer(listener));
  const { cookie } = await visitor(running.origin);
  const socket = connect(Number(new URL(running.origin).port), '127.0.0.1');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => {}).resume();
  socket.write(`GET /leave HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\n\r\n`);
  return { leave: () => socket.destroy(), closed };
}

/** Answers all but `/leave`. */
function whileLeaving(handler: Handler): Handler {
  return (request, response) => (request.url === '/leave' ? handler(request, response) : response.end());
}

const bare = (handler: Handler) => withSessions(site.sessions, whileLeaving(handler), { onError });
const mounted = (handler: Handler) =>
  express()
    .use(moinSessions(site.sessions, { onError }))
    .use((request, response) => void whileLeaving(handler)(request, response));
const closeOf = (response: ServerResponse) => new Promise<void>((done) => response.once('close', done));
const data = async () => (await onlyRecord(site.store)).data;

describe('spec 5: values set before the visitor left are saved, even if nothing ends the response', () => {
  let reached: ReturnType<typeof deferred>;
  beforeEach(() => {
    reached = deferred();
  });

  it.each<[string, () => Parameters<typeof createServer>[1]]>([
    [
      'a handler that returns when it sees that they left',
      () =>
        bare(async ({ session }, response) => {
          session.set('x', 1);
          reached.resolve();
          await closeOf(response);
          if (!response.destroyed) response.end();
        }),
    ],
    [
      'one that never comes to its end',
      () =>
        bare(({ session }) => {
          session.set('x', 1);
          reached.resolve();
          return new Promise(() => {});
        }),
    ],
    [
      'sendFile of Express',
      () =>
        mounted(async ({ session }, response) => {
          session.set('x', 1);
          reached.resolve();
          await closeOf(response);
          (response as Response).sendFile(fileURLToPath(import.meta.url));
        }),
    ],
  ])('%s', async (_name, listener) => {
    const client = await visitWith(listener());
    const created = once(site.sessions, 'created');
    await reached.promise;
    client.leave();
    await created;
    expect(await data()).toEqual({ x: 1 });
    expect([errors, warnings]).toEqual([[], []]);
  });

  it.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
    ['response.destroy()', (_request, response) => void response.destroy()],
    [
      'an answer that goes past the response',
      ({ socket }) => socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n'),
    ],
    [
      'a socket that was taken over',
      ({ socket }, response) => {
        response.detachSocket(socket);
        socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n');
      },
    ],
  ])('%s', async (_name, finish) => {
    const created = once(site.sessions, 'created');
    await visitWith(
      bare((request, response) => {
        request.session.set('x', 1);
        finish(request, response);
      }),
    );
    await created;
    expect(await data()).toEqual({ x: 1 });
    expect(errors).toEqual([]);
  });
});

describe('spec 5: values set after the visitor left are saved', () => {
  /** @param finish what the handler does then @param first what is written before they leave, and waits for a save */
  async function leaveEarly(
    serve: (handler: Handler) => Parameters<typeof createServer>[1],
    finish: (response: ServerResponse) => unknown,
    first?: string,
  ): Promise<void> {
    const [reached, left] = [deferred(), deferred()];
    const { open } = site.store.hold();
    const handler: Handler = async ({ session }, response) => {
      session.set('before', 1);
      if (first !== undefined) response.write(first);
      reached.resolve();
      await closeOf(response);
      open();
      await left.promise;
      session.set('after', 2);
      await finish(response);
    };
    const client = await visitWith(serve(handler));
    const [created, saved] = [once(site.sessions, 'created'), once(site.sessions, 'saved')];
    await reached.promise;
    client.leave();
    await created;
    setImmediate(left.resolve); // what waited has been dropped by then
    await saved;
    expect(await data()).toEqual({ before: 1, after: 2 });
  }

  const end = (response: ServerResponse) => response.end('nobody reads this');

  it('by the end that comes too late', async () => {
    await leaveEarly(mounted, end);
    expect(errors).toEqual([]);
  });

  it('by the end, where the visitor left while bytes waited for a save', async () => {
    await leaveEarly(mounted, end, 'waits');
    expect(errors).toEqual([]);
  });

  it('when the handler of a bare server returns', () => leaveEarly(bare, () => {}));

  it('when that handler throws', async () => {
    await leaveEarly(bare, () => {
      throw new Error('too late');
    });
    expect(errors).toEqual([expect.objectContaining({ message: 'too late' })]);
  });

  it('by a handler that runs on when the visitor left during the auth chain', async () => {
    const [asked, goOn] = [deferred(), deferred()];
    site = makeSite({
      auth: [
        'moin_session',
        'moin_anon_session',
        {
          name: 'slow',
          async authenticate({ url, raw }, { user }) {
            if (url === '/leave') {
              asked.resolve();
              (raw as IncomingMessage).socket.once('close', () => setImmediate(goOn.resolve));
              await goOn.promise;
            }
            return { user, continue: true };
          },
        },
      ],
    });
    const app = mounted(({ session }) => void session.set('x', 1));
    const client = await visitWith(app);
    const created = once(site.sessions, 'created');
    await asked.promise;
    client.leave();
    await created;
    expect(await data()).toEqual({ x: 1 });
  });
});

it('a save that fails after the visitor left goes to onError only', async () => {
  const failed = deferred();
  const reached = deferred();
  running = await listen(
    createServer(
      withSessions(
        site.sessions,
        whileLeaving(({ session }) => {
          session.set('x', 1);
          reached.resolve();
        }),
        {
          onError: (error) => {
            errors.push(error);
            failed.resolve();
          },
        },
      ),
    ),
  );
  const { cookie } = await visitor(running.origin);
  site.store.broken = true;
  const leaving = new AbortController();
  const answer = fetch(`${running.origin}/leave`, { headers: { cookie }, signal: leaving.signal });
  await reached.promise;
  leaving.abort();
  await expect(answer).rejects.toThrow();
  await failed.promise;
  expect(errors).toEqual([expect.objectContaining({ message: 'the disk is full: make room' })]);
});

it('a first visit that breaks off emits no warning about a late cookie', async () => {
  const [reached, gone] = [deferred(), deferred()];
  running = await listen(
    createServer(
      withSessions(site.sessions, (_request, response) => {
        response.once('close', () => setImmediate(gone.resolve));
        reached.resolve();
      }),
    ),
  );
  const leaving = new AbortController();
  const answer = fetch(running.origin, { signal: leaving.signal });
  await reached.promise;
  leaving.abort();
  await expect(answer).rejects.toThrow();
  await gone.promise;
  expect(warnings).toEqual([]);
});
