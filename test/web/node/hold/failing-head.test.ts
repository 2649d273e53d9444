import { createServer, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Handler, withSessions } from '../../../../src/web/node.js';
import { makeSite, type Site } from '../../../aid/site.js';
import { visitor } from '../../../aid/web/http-browser.js';
import { listen, type Running } from '../../../aid/web/listen.js';

let site: Site;
let running: Running;
let errors: unknown[];

beforeEach(() => {
  site = makeSite();
  errors = [];
});

afterEach(() => running.close());

/** A visitor without a record: their first value waits for the store. */
async function serve(handler: Handler, onError: (error: unknown) => void = (error) => errors.push(error)) {
  running = await listen(createServer(withSessions(site.sessions, handler, { onError })));
  return visitor(running.origin);
}

const failure = () => new Error('the store is out of reach');

describe('a head that cannot be sent, while it waits for a save', () => {
  it.each<[string, (response: ServerResponse) => void]>([
    ['a reason with a line feed', (response) => void Object.assign(response, { statusMessage: 'no\nway' })],
    ['a reason beyond latin1', (response) => void response.writeHead(404, 'no \u{1F6AB}')],
    ['an impossible status', (response) => void response.writeHead(99)],
  ])('%s: the visitor gets a 500, and the process goes on', async (_, spoil) => {
    const browser = await serve(({ session, url }, response) => {
      if (session.available) session.set('url', url ?? '');
      if (url === '/spoilt') spoil(response);
      response.end('body');
    });
    expect((await browser.fetch('/spoilt')).status).toBe(500);
    expect(errors).toHaveLength(1);
    const next = await browser.fetch('/');
    expect([next.status, await next.text()]).toEqual([200, 'body']);
  });

  it.each([false, true])(
    'the page of its error has the cookie all the same (a save waits: %s)',
    async (saves) => {
      const browser = await serve(async ({ session, url }, response) => {
        if (url === '/trailers') {
          await session.rotate();
          if (saves) session.set('more', 1);
          // Node refuses a Trailer of what has no body.
          response.setHeader('trailer', 'x-sum');
          response.addTrailers({ 'x-sum': '1' });
        } else if (session.available) session.set('kept', true);
        response.end('body');
      });
      await browser.fetch('/a');
      const refused = await browser.fetch('/trailers', { method: 'HEAD' });
      expect(refused.status).toBe(500);
      expect(refused.headers.getSetCookie()).toEqual([expect.stringMatching(/^MOIN_SESSION=anon\./)]);
      expect(errors).toEqual([expect.objectContaining({ code: 'ERR_HTTP_TRAILER_INVALID' })]);
      expect(await site.records()).toHaveLength(1);
    },
  );

  it('the page of an error has the reason of its own status', async () => {
    site.store.create = async () => Promise.reject(failure());
    const browser = await serve(({ session }, response) => {
      if (session.available) session.set('x', 1);
      response.statusMessage = 'Very Fine';
      response.end('body');
    });
    const { status, statusText } = await browser.fetch('/');
    expect([status, statusText]).toEqual([500, 'Internal Server Error']);
  });

  it('the application sees the status of its head at once', async () => {
    let seen: unknown[] = [];
    const browser = await serve(({ session }, response) => {
      if (!session.available) return void response.end();
      session.set('x', 1);
      response.writeHead(404, 'Nope').end('body');
      seen = [response.headersSent, response.statusCode, response.statusMessage];
    });
    const { status, statusText } = await browser.fetch('/');
    expect([status, statusText]).toEqual([404, 'Nope']);
    expect(seen).toEqual([true, 404, 'Nope']);
  });
});

describe('an onError that throws', () => {
  it('the visitor gets the 500 all the same, and both errors are reported', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    site.store.create = async () => Promise.reject(failure());
    const browser = await serve(
      ({ session }, response) => {
        if (session.available) session.set('x', 1);
        response.end('body');
      },
      () => {
        throw new Error('the log is full');
      },
    );
    expect((await browser.fetch('/')).status).toBe(500);
    const messages = warned.mock.calls.map(([message]) => String((message as Error).message ?? message));
    warned.mockRestore();
    expect(messages.filter((message) => message.includes('answered with an error'))).toEqual([
      expect.stringContaining('the store is out of reach'),
      expect.stringContaining('the log is full'),
    ]);
  });
});

describe('a response that lacks methods', () => {
  it('spec 5: a mock without flushHeaders gets its answer', async () => {
    running = await listen(createServer());
    const written: unknown[] = [];
    const headers = new Map<string, unknown>();
    const ended = new Promise<void>((resolve) => {
      const response = {
        headersSent: false,
        writableEnded: false,
        destroyed: false,
        socket: {},
        statusCode: 200,
        getHeader: (name: string) => headers.get(name),
        setHeader: (name: string, value: unknown) => void headers.set(name, value),
        appendHeader: (name: string, value: unknown) => void headers.set(name, value),
        getHeaderNames: () => [...headers.keys()],
        removeHeader: (name: string) => void headers.delete(name),
        on: () => response,
        writeHead: () => response,
        write: (chunk: unknown) => written.push(chunk) > 0,
        end(chunk: unknown) {
          written.push(chunk);
          resolve();
        },
      };
      const handler: Handler = (_request, answer) => void answer.end('body');
      const request = { method: 'GET', url: '/', headers: {}, socket: { remoteAddress: '127.0.0.1' } };
      withSessions(site.sessions, handler, { onError: (error) => errors.push(error) })(
        request as never,
        response as never,
      );
    });
    await ended;
    expect([written, errors.map(String)]).toEqual([['body'], []]);
    expect(headers.get('vary')).toBe('Cookie');
  });
});
