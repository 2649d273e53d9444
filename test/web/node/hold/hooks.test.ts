import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  OutgoingMessage,
  ServerResponse,
} from 'node:http';
import { text } from 'node:stream/consumers';
import express from 'express';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { moinSessions } from '../../../../src/web/express.js';
import { type Handler, withSessions } from '../../../../src/web/node.js';
import { onlyRecord } from '../../../aid/records.js';
import { makeSite, type Site } from '../../../aid/site.js';
import { type HttpBrowser, visitor } from '../../../aid/web/http-browser.js';
import { listen, serveOthers } from '../../../aid/web/listen.js';

/** A value that comes later. */
function later<T>(): { value: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const value = new Promise<T>((done) => {
    resolve = done;
  });
  return { value, resolve };
}

const CALLS = ['writeHead', 'flushHeaders', 'write', 'end'] as const;
const HEADER_CALLS = ['setHeader', 'setHeaders', 'appendHeader', 'removeHeader'] as const;

let site: Site;
let errors: unknown[];
const onError = (error: unknown) => void errors.push(error);

beforeEach(() => {
  site = makeSite();
  errors = [];
});

async function start(listener: (request: never, response: never) => unknown, options = {}): Promise<string> {
  const running = await listen(createServer(options, listener as never));
  onTestFinished(async () => void (await running.close()));
  return running.origin;
}

/** A visitor of a server of ours, who has a cookie. */
async function serve(handler: Handler, options = {}): Promise<HttpBrowser> {
  return visitor(await start(withSessions(site.sessions, handler, { onError }), options));
}

describe('the responses of another server in this process', () => {
  it('have methods of the same names and lengths, and inherit them', async () => {
    await serve((_request, response) => response.end());
    for (const name of [...CALLS, ...HEADER_CALLS]) {
      const [ours, nodes] = [ServerResponse.prototype[name], OutgoingMessage.prototype[name as 'end']];
      expect([ours.name, ours.length]).toEqual([name, nodes?.length ?? 3]);
    }
    const seen = later<PropertyKey[]>();
    await fetch(
      await start((_request, response: ServerResponse) => {
        seen.resolve(Reflect.ownKeys(response));
        response.end();
      }),
    );
    for (const name of CALLS) expect(await seen.value).not.toContain(name);
  });

  it('return, throw and call back as Node does', async () => {
    await serve((_request, response) => response.end());
    const [called, failed] = [later<unknown>(), later<unknown>()];
    const storage = new AsyncLocalStorage<string>();
    const origin = await start((_request, response: ServerResponse) => {
      expect([response.headersSent, response.writableEnded]).toEqual([false, false]);
      expect(response.setHeader('gone', 1)).toBe(response);
      response.removeHeader('gone');
      expect(() => response.writeHead(20_000)).toThrow(RangeError);
      expect(response.writeHead(201, 'Made', { own: '1' })).toBe(response);
      expect(() => response.writeHead(200)).toThrow(
        expect.objectContaining({ code: 'ERR_HTTP_HEADERS_SENT' }),
      );
      expect(response.flushHeaders()).toBeUndefined();
      expect(response.write('a')).toBe(true);
      storage.run('of the call', () => {
        expect(response.end('b', () => called.resolve(storage.getStore()))).toBe(response);
      });
      expect([response.headersSent, response.writableEnded]).toEqual([true, true]);
      expect(() => response.setHeader('late', 1)).toThrow(
        expect.objectContaining({ code: 'ERR_HTTP_HEADERS_SENT' }),
      );
      response.once('error', failed.resolve);
      response.write('late');
    });
    const response = await fetch(origin);
    expect([response.status, response.statusText, await response.text()]).toEqual([201, 'Made', 'ab']);
    expect(await called.value).toBe('of the call');
    expect(await failed.value).toMatchObject({ code: 'ERR_STREAM_WRITE_AFTER_END' });
    expect(['own', 'gone', 'vary'].map((name) => response.headers.get(name))).toEqual(['1', null, null]);
  });

  it('follow a method of OutgoingMessage that is replaced later, by those who observe a process', async () => {
    await serve((_request, response) => response.end());
    const write = vi.spyOn(OutgoingMessage.prototype, 'write');
    onTestFinished(() => write.mockRestore());
    const origin = await start((_request, response: ServerResponse) => {
      response.write('seen');
      response.end();
    });
    expect(await (await fetch(origin)).text()).toBe('seen');
    expect(write.mock.calls.map(([chunk]) => chunk)).toContain('seen');
  });
});

describe('a response that waits for nothing', () => {
  it.each(['node:http', 'Express'])('%s: gets one property, and no method, of ours', async (framework) => {
    const added: PropertyKey[] = [];
    let before: PropertyKey[] = [];
    const handler = (_request: unknown, response: ServerResponse) => {
      added.push(...Reflect.ownKeys(response).filter((key) => !before.includes(key)));
      response.end();
    };
    const app = express().use(
      (_request, response, next) => {
        before = Reflect.ownKeys(response);
        next();
      },
      moinSessions(site.sessions),
      handler,
    );
    const bare = withSessions(site.sessions, handler);
    const origin = await start(
      framework === 'Express'
        ? app
        : (request: never, response: never) => {
            before = Reflect.ownKeys(response);
            bare(request, response);
          },
    );
    await fetch(origin);
    expect(added.map(String)).toEqual(['Symbol(moin-sessions.held)']);
  });
});

it('a write after the end of a response that waited for nothing is ignored, and its callback gets an error', async () => {
  const late = later<unknown>();
  const browser = await serve((_request, response) => {
    response.end('body');
    response.write('late', late.resolve);
  });
  expect(await (await browser.fetch('/')).text()).toBe('body');
  expect(await late.value).toMatchObject({ message: 'the response has ended' });
  expect(errors).toEqual([]);
});

describe('two copies of this library in one process', () => {
  it('hold a response one inside the other: both sessions are saved, and both cookies sent', async () => {
    vi.resetModules();
    const copy = await import('../../../../src/web/node.js');
    const { createSessions, MemoryStore } = await import('../../../../src/index.js');
    expect(copy.withSessions).not.toBe(withSessions);
    const store = new MemoryStore();
    const other = createSessions({
      store,
      cookieName: 'OTHER',
      secrets: ['s'.repeat(32)],
      auth: ['moin_session', 'moin_anon_session'],
      anonymousCookieLifetime: 1,
    });
    const inner = copy.withSessions(other, ({ session }, response) => {
      if (session.available) session.set('inner', true);
      response.write('one');
      response.end('two');
    });
    const browser = await serve((request, response) => {
      if (request.session.available) request.session.set('outer', true);
      inner(request, response);
    });
    const response = await browser.fetch('/');
    expect(await response.text()).toBe('onetwo');
    expect(response.headers.getSetCookie().map((field) => field.split('=')[0])).toEqual(
      expect.arrayContaining(['MOIN_SESSION', 'OTHER']),
    );
    expect((await onlyRecord(site.store)).data).toEqual({ outer: true });
    expect((await onlyRecord(store)).data).toEqual({ inner: true });
    expect(errors).toEqual([]);
  });
});

describe('methods of Node that others wrap and restore', () => {
  /** A listener of another copy of this library, whose hold has replaced nothing before, over the same store. */
  async function listenerOfCopy(handler: Handler) {
    vi.resetModules();
    const { createSessions } = await import('../../../../src/index.js');
    const copy = await import('../../../../src/web/node.js');
    return () => {
      const sessions = createSessions({
        store: site.store,
        secrets: 's'.repeat(32),
        auth: ['moin_session', 'moin_anon_session'],
        anonymousCookieLifetime: 1,
      });
      return copy.withSessions(sessions, handler, { onError });
    };
  }

  /** The methods as they are now, restored when the test is over. */
  function methodsNow() {
    const { writeHead, flushHeaders, write, end } = ServerResponse.prototype;
    const methods = { writeHead, flushHeaders, write, end };
    onTestFinished(() => void Object.assign(ServerResponse.prototype, methods));
    return methods;
  }

  const spyOnAll = () => CALLS.map((name) => vi.spyOn(ServerResponse.prototype, name));

  const saves: Handler = ({ session }, response) => {
    if (session.available) session.set('x', 1);
    response.writeHead(200);
    response.write('one, ');
    response.end('two');
  };

  async function expectHeld(browser: HttpBrowser): Promise<void> {
    site.store.log.length = 0;
    const response = await browser.fetch('/');
    site.store.log.push('answered');
    expect(await response.text()).toBe('one, two');
    expect(response.headers.getSetCookie()).toHaveLength(1);
    expect(site.store.log).toEqual(['saved', 'answered']);
    expect(errors).toEqual([]);
  }

  it.each([
    ['before the site is made', true],
    ['after its first response', false],
  ])('a spy is restored %s: the next response waits for its save', async (_, early) => {
    methodsNow();
    const listener = await listenerOfCopy(saves);
    const spies = spyOnAll();
    const origin = await start(listener());
    const restore = () => {
      for (const spy of spies) spy.mockRestore();
    };
    if (early) restore();
    const browser = await visitor(origin);
    restore();
    await expectHeld(browser);
  });

  it('a spy that comes later sees each call of a response that waits, once', async () => {
    methodsNow();
    const browser = await serve(saves);
    const spies = spyOnAll();
    await expectHeld(browser);
    const [writeHead, , write, end] = spies.map(({ mock }) => mock.calls.length);
    expect([writeHead, write, end]).toEqual([1, 1, 1]);
  });

  it('two copies of this library take turns: neither replaces its methods again', async () => {
    methodsNow();
    const browser = await serve(saves);
    const other = await visitor(await start((await listenerOfCopy(saves))()));
    const methods = methodsNow();
    for (const each of [browser, other]) await expectHeld(each);
    for (const name of CALLS) expect(ServerResponse.prototype[name]).toBe(methods[name]);
  });

  it('a wrapper that names its original, as those of shimmer do, stays on top, so that it can be taken off', async () => {
    methodsNow();
    const browser = await serve(saves);
    const original = ServerResponse.prototype.end;
    const wrapper = Object.assign(
      function (this: ServerResponse, ...args: unknown[]) {
        return Reflect.apply(original, this, args);
      },
      { __original: original },
    );
    ServerResponse.prototype.end = wrapper as never;
    await expectHeld(browser);
    expect(ServerResponse.prototype.end).toBe(wrapper);
  });
});

describe('a response class of the application’s own', () => {
  const makeClass = () =>
    class extends ServerResponse<IncomingMessage> {
      override end(...args: unknown[]): this {
        site.store.log.push('its end');
        return Reflect.apply(super.end, this, args);
      }
      override write(...args: unknown[]): boolean {
        return Reflect.apply(super.write, this, [`<${String(args[0])}>`]);
      }
    };
  const [Own, Frozen] = [makeClass(), makeClass()];
  Object.freeze(Frozen.prototype);

  it.each([
    ['with an end of its own', Own],
    ['whose prototype is frozen', Frozen],
  ])('%s: its methods run after the save, once', async (_, ServerResponse) => {
    const browser = await serve(
      ({ session }, response) => {
        if (!session.available) return response.end();
        session.set('visits', site.store.log.length);
        response.write('one');
        return response.end('two');
      },
      { ServerResponse },
    );
    const { log } = site.store;
    log.length = 0;
    const { reached, open } = site.store.hold();
    const answer = browser.fetch('/').then((response) => response.text());
    await reached;
    await serveOthers();
    open();
    expect(await answer).toBe('<one>two');
    expect(log).toEqual(['saved', 'its end']);
    site.store.broken = true;
    expect((await browser.fetch('/')).status).toBe(500);
  });
});

describe('a method of Node that was kept from before ours was there', () => {
  const nodes = OutgoingMessage.prototype;

  it('ends while bytes wait: the bytes are dropped, and its response is sent', async () => {
    const browser = await serve(({ session }, response) => {
      if (!session.available) return response.end();
      session.set('x', 1);
      response.writeHead(202, { own: '1' });
      response.write('waits');
      return Reflect.apply(nodes.end, response, ['taken over']);
    });
    const created = once(site.sessions, 'created');
    const response = await browser.fetch('/');
    expect([response.status, await response.text()]).toEqual([202, 'taken over']);
    expect([response.headers.get('vary'), response.headers.get('own')]).toEqual(['Cookie', '1']);
    await created;
    expect((await onlyRecord(site.store)).data).toEqual({ x: 1 });
    expect(errors).toEqual([]);
  });

  it.each([true, false])(
    'writes the first byte (something to save: %s): the body is whole',
    async (saves) => {
      const browser = await serve(({ session }, response) => {
        if (saves && session.available) session.set('x', 1);
        Reflect.apply(nodes.write, response, ['one, ']);
        response.write('two, ');
        response.end('three');
      });
      const response = await browser.fetch('/');
      expect(await response.text()).toBe('one, two, three');
      expect(response.headers.get('vary')).toBe('Cookie');
      expect(errors).toEqual([]);
    },
  );
});

describe('a response with something to save', () => {
  it('gets one property of ours: Node’s responses become slow with more', async () => {
    const added: PropertyKey[] = [];
    const origin = await start((request: never, response: ServerResponse) => {
      const before = Reflect.ownKeys(response);
      withSessions(site.sessions, ({ session }) => {
        if (session.available) session.set('x', 1);
        response.write('waits');
        if (session.available)
          added.push(...Reflect.ownKeys(response).filter((key) => !before.includes(key)));
        response.end();
      })(request, response as never);
    });
    await (await visitor(origin)).fetch('/');
    expect(added.filter((key) => typeof key === 'symbol').map(String)).toEqual([
      'Symbol(moin-sessions.held)',
    ]);
    expect(added).not.toEqual(expect.arrayContaining([...CALLS, ...HEADER_CALLS, 'headersSent', '_send']));
  });

  it('headers are late while its first byte waits, after a spy on the methods of headers was restored, too', async () => {
    const methods = HEADER_CALLS.map((name) => [name, ServerResponse.prototype[name]] as const);
    onTestFinished(() => void Object.assign(ServerResponse.prototype, Object.fromEntries(methods)));
    const shown: unknown[] = [];
    const browser = await serve(({ session }, response) => {
      if (!session.available) return response.end();
      session.set('x', 1);
      response.write('waits');
      for (const name of HEADER_CALLS)
        expect(() => Reflect.apply(response[name], response, ['own', '1'])).toThrow('after they are sent');
      shown.push(response.headersSent, response.writableEnded);
      response.end();
      shown.push(response.writableEnded);
      return undefined;
    });
    for (const [name] of methods) {
      const { setHeader, appendHeader, removeHeader, setHeaders } = OutgoingMessage.prototype;
      // What a spy that was there first would put back.
      ServerResponse.prototype[name] = { setHeader, appendHeader, removeHeader, setHeaders }[name] as never;
    }
    expect(await (await browser.fetch('/')).text()).toBe('waits');
    expect(shown).toEqual([true, false, true]);
    expect(errors).toEqual([]);
  });

  it('a write after the end is ignored, and its callback gets an error', async () => {
    const late = later<unknown>();
    const browser = await serve(({ session }, response) => {
      if (!session.available) return response.end();
      session.set('x', 1);
      response.end('body');
      return response.write('late', (error) => late.resolve(error));
    });
    expect(await (await browser.fetch('/')).text()).toBe('body');
    expect(await late.value).toMatchObject({ message: 'the response has ended' });
    expect(errors).toEqual([]);
  });

  it('a client that expects 100-continue gets it at once, and the answer after the save', async () => {
    const origin = await start(
      withSessions(site.sessions, ({ session }, response) => {
        if (session.available) session.set('x', 1);
        response.end('body');
      }),
    );
    const { cookie } = await visitor(origin);
    const { reached, open } = site.store.hold();
    const request = httpRequest(origin, { method: 'POST', headers: { cookie, expect: '100-continue' } });
    const answered = once(request, 'response');
    request.flushHeaders();
    await once(request, 'continue');
    request.end('x');
    await reached;
    open();
    const [response] = (await answered) as [IncomingMessage];
    expect(await text(response)).toBe('body');
    expect((await onlyRecord(site.store)).data).toEqual({ x: 1 });
  });
});
