import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { type ClientHttp2Session, createServer as createHttp2Server } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import compression from 'compression';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moinSessions } from '../../../../src/web/express.js';
import { type Handler, type Visited, withSessions } from '../../../../src/web/node.js';
import { deferred } from '../../../aid/deferred.js';
import { onlyRecord } from '../../../aid/records.js';
import { makeSite, type Site } from '../../../aid/site.js';
import { type HttpBrowser, visitor } from '../../../aid/web/http-browser.js';
import { listen, listenHttp2, type Running, serveOthers } from '../../../aid/web/listen.js';

let site: Site;
let running: Running;
let errors: unknown[];
const onError = (error: unknown) => void errors.push(error);

beforeEach(() => {
  site = makeSite();
  errors = [];
});

afterEach(() => running.close());

async function serveAsItIs(handler: Handler): Promise<HttpBrowser> {
  running = await listen(createServer(withSessions(site.sessions, handler, { onError })));
  return visitor(running.origin);
}

const port = () => Number(new URL(running.origin).port);

describe.each([true, false])('the headers of writeHead (something to save: %s)', (saves) => {
  type Head = [reason?: unknown, headers?: unknown];

  it.each<[string, Head]>([
    ['as an object', [{ Vary: ['Accept', 'Origin'], 'Cache-Control': 'max-age=1' }]],
    ['with a reason', ['Fine', { Vary: 'Accept, Origin', 'Cache-Control': 'max-age=1' }]],
    [
      'as pairs',
      [
        [
          ['Vary', 'Accept'],
          ['Vary', 'Origin'],
          ['cache-control', 'max-age=1'],
        ],
      ],
    ],
    ['as a raw list', [['vary', 'Accept', 'VARY', 'Origin', 'cache-control', 'max-age=1']]],
  ])('spec 4: %s, Vary is added once to the names of the application', async (_, head) => {
    const browser = await serveAsItIs(({ session }, response) => {
      if (saves && session.available) session.set('x', 1);
      response.setHeader('vary', 'Accept-Encoding');
      (response.writeHead as (...args: unknown[]) => ServerResponse)(200, ...head).end('body');
    });
    const { headers } = await browser.fetch('/');
    expect(headers.get('vary')).toBe('Accept, Origin, Cookie');
    expect(headers.get('cache-control')).toBe(saves ? 'max-age=1, no-cache="Set-Cookie"' : 'max-age=1');
  });

  it('spec 4: Vary of the application, in several fields and with Cookie, stays as it is', async () => {
    const browser = await serveAsItIs((_request, response) => {
      response.setHeader('vary', ['Accept-Encoding', 'cookie']);
      response.end('body');
    });
    expect((await browser.fetch('/')).headers.get('vary')).toBe('Accept-Encoding, cookie');
  });

  it('spec 4: a compressed response has both names', async () => {
    const app = express().use(compression({ threshold: 0 }), moinSessions(site.sessions, { onError }));
    app.use(({ session }, response) => {
      if (saves && session.available) session.set('x', 1);
      response.type('text').send('body');
    });
    running = await listen(createServer(app));
    const browser = await visitor(running.origin);
    const { headers } = await browser.fetch('/');
    expect(headers.get('vary')?.split(', ').sort()).toEqual(['Accept-Encoding', 'Cookie']);
  });
});

describe.each([true, false])('what the application sees of its response (something to save: %s)', (saves) => {
  let count = 0;
  function serve(handler: Handler): Promise<HttpBrowser> {
    return serveAsItIs((request, response) => {
      if (saves && request.session.available) request.session.set('count', ++count);
      return handler(request, response);
    });
  }

  it('headersSent and writableEnded are true after the call, and later headers throw', async () => {
    const seen: unknown[] = [];
    const browser = await serve((_request, response) => {
      seen.push(response.headersSent, response.writableEnded);
      response.write('x');
      seen.push(response.headersSent, response.writableEnded);
      expect(() => response.setHeader('late', '1')).toThrow(
        expect.objectContaining({ code: 'ERR_HTTP_HEADERS_SENT' }),
      );
      response.end();
      seen.push(response.writableEnded);
    });
    const response = await browser.fetch('/');
    expect(response.headers.has('late')).toBe(false);
    expect(seen.slice(0, 5)).toEqual([false, false, true, false, true]);
    expect(errors).toEqual([]);
  });

  it('a status set after the end changes nothing', async () => {
    const browser = await serve((_request, response) => {
      response.end('fine');
      response.statusCode = 500;
    });
    expect((await browser.fetch('/')).status).toBe(200);
  });

  it('an error after the end leaves the response unchanged, and is reported', async () => {
    const browser = await serve((_request, response) => {
      response.end('fine');
      throw new Error('too late');
    });
    expect(await (await browser.fetch('/')).text()).toBe('fine');
    expect(errors.at(-1)).toMatchObject({ message: 'too late' });
  });

  it('an error in the middle of a response ends the connection', async () => {
    let middle = false;
    const browser = await serve((_request, response) => {
      if (!middle) return response.end();
      response.write('half');
      throw new Error('in the middle');
    });
    middle = true;
    await expect(browser.fetch('/').then((response) => response.text())).rejects.toThrow();
    expect(errors).toMatchObject([{ message: 'in the middle' }]);
  });

  it('an invalid status becomes a 500, and is reported', async () => {
    const browser = await serve(({ session }, response) =>
      session.available ? response.writeHead(20_000).end() : response.end(),
    );
    expect((await browser.fetch('/')).status).toBe(500);
    expect(errors.at(-1)).toMatchObject({ code: 'ERR_HTTP_INVALID_STATUS_CODE' });
  });

  it('of two writeHead calls the first one counts', async () => {
    const browser = await serve(({ session }, response) => {
      response.writeHead(201, { first: '1' });
      const again = () => response.writeHead(500, { second: '2' });
      // Where nothing waits, Node has the word.
      if (saves && session.available) again();
      else expect(again).toThrow(expect.objectContaining({ code: 'ERR_HTTP_HEADERS_SENT' }));
      response.end();
    });
    const { status, headers } = await browser.fetch('/');
    expect([status, headers.get('first'), headers.get('second')]).toEqual([201, '1', null]);
    expect(errors).toEqual([]);
  });

  it('a short body has a Content-Length, as without the middleware', async () => {
    const browser = await serve((_request, response) => response.end('four'));
    expect((await browser.fetch('/')).headers.get('content-length')).toBe('4');
  });

  it('callbacks of write and end are called, in order', async () => {
    const called: string[] = [];
    const browser = await serve((_request, response) => {
      response.write('a', () => called.push('write'));
      response.end('b', () => called.push('end'));
    });
    called.length = 0;
    expect(await (await browser.fetch('/')).text()).toBe('ab');
    expect(called).toEqual(['write', 'end']);
  });

  it('back-pressure: a large stream arrives complete and in order, and only bytes written before the save wait', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    let pulled = 0;
    const source = () =>
      Readable.from(
        (function* () {
          for (pulled = 0; pulled < 64; pulled++) yield chunk;
        })(),
        { objectMode: false },
      );
    const browser = await serve(async ({ session }, response) => {
      session.set('large', true);
      await pipeline(source(), response);
    });
    const { reached, open } = site.store.hold();
    const arrived = browser.fetch('/');
    await reached;
    await new Promise(setImmediate);
    expect(pulled).toBeLessThan(8);
    open();
    expect((await (await arrived).arrayBuffer()).byteLength).toBe(64 * chunk.length);
    expect(errors).toEqual([]);
  });

  it('writes that ignore back-pressure keep their order', async () => {
    const browser = await serve((_request, response) => {
      for (let count = 0; count < 100; count++) response.write(`${count},`);
      response.end('end');
    });
    const expected = `${Array.from({ length: 100 }, (_, count) => `${count},`).join('')}end`;
    expect(await (await browser.fetch('/')).text()).toBe(expected);
  });

  it('when the save fails at the first byte of a stream, the response is a 500, and later writes are ignored', async () => {
    const finished = deferred();
    const browser = await serve(({ session }, response) => {
      session.set('a', 1);
      response.write('a', (error) => {
        if (!error) return;
        response.write('b');
        response.setHeader('c', 'd');
        response.writeHead(200);
        response.end('e');
        finished.resolve();
      });
      if (!site.store.broken) response.end();
    });
    site.store.broken = true;
    const response = await browser.fetch('/');
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('Internal Server Error\n');
    await finished.promise;
    expect(errors).toHaveLength(1);
  });
});

describe('the bytes of the response', () => {
  it.each(['destroy', 'rotate'] as const)(
    '%s without await: the response waits for it and sets the cookie',
    async (method) => {
      const browser = await serveAsItIs(({ session, url }, response) => {
        if (url === '/set') session.set('x', 1);
        if (url === '/end') void session[method]();
        response.end();
      });
      await browser.fetch('/set');
      const field = (await browser.fetch('/end')).headers.get('set-cookie');
      expect(field).toMatch(method === 'destroy' ? /^MOIN_SESSION=; .*Max-Age=0/ : /^MOIN_SESSION=anon\./);
    },
  );

  it('end called twice: the first counts', async () => {
    const browser = await serveAsItIs(({ session }, response) => {
      session.set('x', 1);
      response.end('first');
      response.end('second');
    });
    expect(await (await browser.fetch('/')).text()).toBe('first');
    expect(errors).toEqual([]);
  });

  it('flushHeaders sends the headers, with the cookie, before the body', async () => {
    const gate = deferred();
    running = await listen(
      createServer(
        withSessions(site.sessions, async (_request, response) => {
          response.flushHeaders();
          await gate.promise;
          response.end('later');
        }),
      ),
    );
    const response = await fetch(running.origin);
    expect(response.headers.get('set-cookie')).toMatch(/^MOIN_SESSION=anon\./);
    gate.resolve();
    expect(await response.text()).toBe('later');
  });

  it('early hints are sent at once and do not count as the response', async () => {
    const browser = await serveAsItIs(({ session }, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      session.set('x', 1);
      response.end('body');
    });
    const { reached, open } = site.store.hold();
    const request = httpRequest(running.origin, { headers: { cookie: browser.cookie } }).end();
    const answered = once(request, 'response');
    const [hints] = await once(request, 'information');
    expect(hints.statusCode).toBe(103);
    await reached;
    open();
    const [response] = (await answered) as [IncomingMessage];
    expect(await text(response)).toBe('body');
  });

  it('pipelined requests on one connection are answered in order, each with its own save', async () => {
    const browser = await serveAsItIs(async ({ session, url }, response) => {
      session.set(`at ${url}`, true);
      response.end(`<${url}>`);
    });
    const socket = connectSocket(port(), '127.0.0.1');
    const head = `Host: x\r\nCookie: ${browser.cookie}\r\n`;
    socket.write(`GET /a HTTP/1.1\r\n${head}\r\nGET /b HTTP/1.1\r\n${head}\r\n`);
    socket.write(`GET /c HTTP/1.1\r\n${head}Connection: close\r\n\r\n`);
    const answers = await text(socket);
    expect(answers.match(/<.*?>/g)).toEqual(['</a>', '</b>', '</c>']);
    expect((await onlyRecord(site.store)).data).toEqual({ 'at /a': true, 'at /b': true, 'at /c': true });
  });

  it('a visitor who leaves during the save: the session is saved, and nothing is reported', async () => {
    const [ended, left] = [deferred(), deferred()];
    const browser = await serveAsItIs(({ session }, response) => {
      if (!session.available) return response.end();
      session.set('x', 1);
      response.once('close', left.resolve);
      return response.end('x', ended.resolve);
    });
    const { reached, open } = site.store.hold();
    const leaving = new AbortController();
    const response = fetch(running.origin, { headers: { cookie: browser.cookie }, signal: leaving.signal });
    await reached;
    leaving.abort();
    await expect(response).rejects.toThrow();
    await left.promise;
    open();
    await ended.promise;
    expect((await onlyRecord(site.store)).data).toEqual({ x: 1 });
    expect(errors).toEqual([]);
  });

  it('a visitor who leaves in the middle of an endless stream: the values it set are saved', async () => {
    const browser = await serveAsItIs(({ session }, response) => {
      if (!session.available) return response.end();
      session.set('x', 1);
      response.write('one');
      response.on('close', () => session.set('left', true));
      response.once('drain', () => session.set('streaming', true));
    });
    const leaving = new AbortController();
    const response = await fetch(running.origin, {
      headers: { cookie: browser.cookie },
      signal: leaving.signal,
    });
    const saved = once(site.sessions, 'saved');
    leaving.abort();
    await saved;
    await expect(response.text()).rejects.toThrow();
    expect((await onlyRecord(site.store)).data).toMatchObject({ x: 1, streaming: true });
  });

  it('a token that changes after the first byte emits a warning', async () => {
    const gate = deferred();
    const browser = await serveAsItIs(async ({ session }, response) => {
      if (!session.available) return response.end();
      response.write('one');
      await gate.promise;
      await session.rotate();
      return response.end();
    });
    const warned = once(process, 'warning');
    const response = await browser.fetch('/rotate');
    gate.resolve();
    await response.text();
    expect((await warned)[0]).toMatchObject({ code: 'MOIN_SESSIONS_LATE_COOKIE' });
  });
});

describe('HTTP/2, by its compatible interface', () => {
  async function serveHttp2(handler: Handler<never, never>): Promise<ClientHttp2Session> {
    const server = createHttp2Server(withSessions(site.sessions, handler as Handler, { onError }) as never);
    const http2 = await listenHttp2(server);
    running = http2.running;
    return http2.client;
  }

  async function get(client: ClientHttp2Session, cookie = '') {
    const stream = client.request({ ':path': '/', ...(cookie && { cookie }) });
    const [headers] = await once(stream, 'response');
    return { stream, headers: headers as Record<string, string | string[]> };
  }

  const handler = ({ session }: Visited, response: ServerResponse) => {
    session.set('x', 1);
    response.setHeader('set-cookie', 'own=1');
    response.end('body');
  };

  it('saves before it answers, and sends the cookie beside the application’s own', async () => {
    const client = await serveHttp2(handler as never);
    const first = await get(client);
    expect(await text(first.stream)).toBe('body');
    expect(first.headers).toMatchObject({
      vary: 'Cookie',
      'cache-control': 'private, no-cache="Set-Cookie"',
    });
    const [own, ours = ''] = first.headers['set-cookie'] as string[];
    expect(own).toBe('own=1');
    const { log } = site.store;
    const { reached, open } = site.store.hold();
    const second = get(client, ours.split(';')[0]).then(async ({ stream }) => {
      const whole = await text(stream);
      log.push('answered');
      return whole;
    });
    await reached;
    await serveOthers();
    open();
    expect(await second).toBe('body');
    expect(log).toEqual(['saved', 'answered']);
    expect((await onlyRecord(site.store)).data).toEqual({ x: 1 });
  });

  it('a save that fails is a 500', async () => {
    const client = await serveHttp2(handler as never);
    const [, ours = ''] = (await get(client)).headers['set-cookie'] as string[];
    site.store.broken = true;
    const { stream, headers } = await get(client, ours.split(';')[0]);
    expect(headers).toMatchObject({ ':status': 500, vary: 'Cookie' });
    expect(await text(stream)).toBe('Internal Server Error\n');
    expect(errors).toHaveLength(1);
  });

  it('a save that fails at the end of a stream resets it', async () => {
    const gate = deferred();
    const client = await serveHttp2((async ({ session }: Visited, response: ServerResponse) => {
      response.write('one');
      await gate.promise;
      session.set('x', 1);
      response.end('two');
    }) as never);
    const first = await get(client);
    site.store.broken = true;
    const { stream } = await get(client, String(first.headers['set-cookie']).split(';')[0]);
    gate.resolve();
    const [error] = await once(stream, 'error').catch((thrown) => [thrown]);
    expect(error).toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' });
    expect(errors).toHaveLength(1);
  });

  it('a visitor who leaves during the save does not stop the server', async () => {
    const [ended, left] = [deferred(), deferred()];
    const client = await serveHttp2((({ session }: Visited, response: ServerResponse) => {
      if (!session.available) return response.end();
      session.set('x', 1);
      response.once('close', left.resolve);
      return response.end('body', ended.resolve);
    }) as never);
    const [ours = ''] = (await get(client)).headers['set-cookie'] as string[];
    const { reached, open } = site.store.hold();
    const stream = client.request({ ':path': '/', cookie: ours.split(';')[0] ?? '' });
    await reached;
    stream.close(8);
    await left.promise;
    open();
    await ended.promise;
    expect((await onlyRecord(site.store)).data).toEqual({ x: 1 });
    expect(errors).toEqual([]);
  });
});

describe.each(['before', 'behind'])('compression %s our middleware', (place) => {
  it('a compressed response waits for its save too', async () => {
    const app = express();
    if (place === 'before') app.use(compression({ threshold: 0 }));
    app.use(moinSessions(site.sessions, { onError }));
    if (place === 'behind') app.use(compression({ threshold: 0 }));
    app.get('/', ({ session }, response) => {
      session.set('x', 1);
      response.type('text').write('a'.repeat(1000));
      response.write('b');
      response.end('c');
    });
    running = await listen(createServer(app));
    const browser = await visitor(running.origin);
    const { reached, open } = site.store.hold();
    const { log } = site.store;
    const arrived = browser.fetch('/').then(async (response) => {
      const whole = await response.text();
      log.push('answered');
      return { whole, headers: response.headers };
    });
    await reached;
    await serveOthers();
    open();
    const { whole, headers } = await arrived;
    expect(headers.get('content-encoding')).toMatch(/gzip|br/);
    expect(whole).toBe(`${'a'.repeat(1000)}bc`);
    expect(log).toEqual(['saved', 'answered']);
    expect((await onlyRecord(site.store)).data).toEqual({ x: 1 });
    expect(errors).toEqual([]);
  });
});
