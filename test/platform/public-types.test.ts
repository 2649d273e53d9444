import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { Request as ExpressRequest } from 'express';
import Fastify, { type FastifyBaseLogger, type FastifyRequest } from 'fastify';
import type { Context, ContextVariableMap } from 'hono';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  type AuthContext,
  type AuthMethod,
  type AuthResult,
  type AuthSite,
  ConfigurationError,
  createSessions,
  type DirectoryUser,
  defineConfig,
  type Json,
  type LogInOptions,
  type LoginResult,
  type ResponseHeaders,
  type RouteUser,
  type SaveResult,
  type Session,
  type SessionsOptions,
  type SessionValues,
  type Visit,
} from '../../src/index.js';
import type {} from '../../src/web/express.js';
import { type FastifyOptions, moinSessions as fastifySessions } from '../../src/web/fastify.js';
import type { withSessions as fetchSessions } from '../../src/web/fetch.js';
import type { HonoOptions, MoinSessionsVariables } from '../../src/web/hono.js';
import type { Handler } from '../../src/web/node.js';

// `npm run typecheck` checks this file: it fails at a wrong type, and at a @ts-expect-error above a line without an error.

declare module 'moin-sessions' {
  interface SessionValues {
    typedBasket: string[];
  }
}

/** Never called: only its types are of interest. */
const typesOnly = (_check: (session: Session) => unknown) => {};

describe('a session', () => {
  it('has the types that an application gave to its keys', () => {
    expectTypeOf<SessionValues['typedBasket']>().toEqualTypeOf<string[]>();
    typesOnly((session) => {
      expectTypeOf(session.get('typedBasket')).toEqualTypeOf<string[] | undefined>();
      expectTypeOf(session.set('typedBasket', ['tea'])).toEqualTypeOf<Session>();
      // @ts-expect-error: a list of numbers is no list of strings
      session.set('typedBasket', [1]);
    });
  });

  it('has JSON under all other keys', () => {
    typesOnly((session) => {
      expectTypeOf(session.get('another')).toEqualTypeOf<Json | undefined>();
      session.set('another', { list: [1, 'two', null] });
      // @ts-expect-error: a function is no JSON
      session.set('another', () => {});
      // @ts-expect-error: a Date is no JSON
      session.set('another', new Date());
    });
  });

  it('takes a value of the key’s type', () => {
    typesOnly((session) => {
      expectTypeOf(session.take('typedBasket')).toEqualTypeOf<string[] | undefined>();
      expectTypeOf(session.take('another')).toEqualTypeOf<Json | undefined>();
      expectTypeOf(session.reload()).toEqualTypeOf<Promise<boolean>>();
    });
  });

  it('updates a value to one of the same type', () => {
    typesOnly((session) => {
      const updated = session.update('typedBasket', (basket) => {
        expectTypeOf(basket).toEqualTypeOf<string[] | undefined>();
        return basket ?? [];
      });
      expectTypeOf(updated).toEqualTypeOf<Promise<string[]>>();
      // @ts-expect-error: a basket is no number
      session.update('typedBasket', () => 1);
      // @ts-expect-error: the function must be synchronous
      session.update('typedBasket', async () => []);
    });
  });

  it('can be read, but its own properties cannot be set', () => {
    expectTypeOf<Session['id']>().toEqualTypeOf<string | null>();
    expectTypeOf<Session['expires']>().toEqualTypeOf<Date | null>();
    expectTypeOf<ReturnType<Session['save']>>().toEqualTypeOf<Promise<SaveResult>>();
    typesOnly((session) => {
      // @ts-expect-error: the id is read-only
      session.id = 'another';
    });
  });
});

describe('an auth method', () => {
  it('answers with a user and whether the chain goes on, at once or later', () => {
    const at = { user: { id: 'u1', name: 'alice' }, continue: true };
    expectTypeOf(at).toExtend<AuthResult>();
    expectTypeOf<ReturnType<AuthMethod['authenticate']>>().toEqualTypeOf<AuthResult | Promise<AuthResult>>();
    expectTypeOf<{ name: string; authenticate: () => Promise<typeof at> }>().toExtend<AuthMethod>();
    expectTypeOf<{ user: null; continue: false }>().toExtend<AuthResult>();
  });

  it('cannot leave out either, nor name a user without an id', () => {
    expectTypeOf<{ user: null }>().not.toExtend<AuthResult>();
    expectTypeOf<{ continue: boolean }>().not.toExtend<AuthResult>();
    expectTypeOf<{ user: { name: string }; continue: true }>().not.toExtend<AuthResult>();
    expectTypeOf<{ user: null; continue: 'no' }>().not.toExtend<AuthResult>();
  });

  it('gets a context without the session manager, and may add headers', () => {
    expectTypeOf<AuthSite['context']>().toEqualTypeOf<AuthContext>();
    expectTypeOf<AuthContext>().not.toHaveProperty('manager');
    expectTypeOf<{ 'set-cookie': string[]; 'x-a': string | undefined }>().toExtend<ResponseHeaders>();
    expectTypeOf<ReturnType<Visit['commit']>>().toEqualTypeOf<Promise<Record<string, string | string[]>>>();
  });

  it('cannot misspell a field of its answer', () => {
    const answer: AuthResult = {
      user: null,
      continue: true,
      // @ts-expect-error: the field is `loginRejected`
      loginRefused: true,
    };
    expect(answer).toBeDefined();
  });
});

describe('the options', () => {
  it('are the same for createSessions and defineConfig', () => {
    expectTypeOf(createSessions).parameter(0).toEqualTypeOf<SessionsOptions | undefined>();
    expectTypeOf(defineConfig).parameters.toEqualTypeOf<[SessionsOptions]>();
    expectTypeOf(defineConfig).returns.toEqualTypeOf<SessionsOptions>();
    expectTypeOf<SessionsOptions['onLimit']>().toEqualTypeOf<'evict' | 'deny' | undefined>();
    expectTypeOf<SessionsOptions['cookieLifetime']>().toEqualTypeOf<number | undefined>();
  });

  it('a misspelt option is an error for the compiler, and at start', () => {
    // @ts-expect-error: the option is `cookieName`
    expect(() => createSessions({ store: 'memory:', cookiename: 'S' })).toThrow(ConfigurationError);
    // @ts-expect-error: the option is `maxSessionsPerUser`
    defineConfig({ maxSessionPerUser: 3 });
  });

  it('a value of a wrong type is an error for the compiler, and at start', () => {
    // @ts-expect-error: a word that is none of the two
    expect(() => createSessions({ store: 'memory:', onLimit: 'ask' })).toThrow(ConfigurationError);
    // @ts-expect-error: hours are a number
    expect(() => createSessions({ store: 'memory:', cookieLifetime: '12' })).toThrow(ConfigurationError);
    // @ts-expect-error: no built-in method has this name
    expect(() => createSessions({ store: 'memory:', auth: ['moin_sesion'] })).toThrow(ConfigurationError);
  });
});

describe("an application's request", () => {
  it('has a visit and a session in Express, Fastify and node:http', () => {
    expectTypeOf<Pick<ExpressRequest, 'visit' | 'session'>>().toEqualTypeOf<With>();
    expectTypeOf<Pick<FastifyRequest, 'visit' | 'session'>>().toEqualTypeOf<With>();
    expectTypeOf<Pick<Parameters<Handler>[0], 'visit' | 'session'>>().toEqualTypeOf<With>();
    expectTypeOf<Parameters<Handler>[0]>().toExtend<IncomingMessage>();
    expectTypeOf<Parameters<Handler<Http2ServerRequest>>[0]>().toExtend<Http2ServerRequest & With>();
  });

  it('has them in a generic route of Fastify, on HTTP/2 and with another logger, too', () => {
    const register = (options: FastifyOptions, logger: FastifyBaseLogger & { extra(): void }) => {
      void Fastify({ loggerInstance: logger }).register(fastifySessions, options);
      const app = Fastify({ http2: true });
      void app.register(fastifySessions, { ...options, prefix: '/x' });
      app.get<{ Params: { id: string } }>('/:id', async (request) => {
        expectTypeOf<Pick<typeof request, 'visit' | 'session'>>().toEqualTypeOf<With>();
        expectTypeOf(request.params.id).toEqualTypeOf<string>();
      });
    };
    expect(register).toBeTypeOf('function');
  });

  it('has them as variables of a context in Hono', () => {
    expectTypeOf<MoinSessionsVariables>().toEqualTypeOf<{ visit: Visit; session: Session }>();
    expectTypeOf<Pick<ContextVariableMap, 'visit' | 'session'>>().toEqualTypeOf<{
      visit: Visit;
      session: Session;
    }>();
    expectTypeOf<Parameters<NonNullable<HonoOptions['form']>>[1]>().toEqualTypeOf<Context>();
  });

  it('comes with a visit to a handler of withSessions in /fetch', () => {
    type FetchHandler = Parameters<typeof fetchSessions<[env: string]>>[1];
    expectTypeOf<Parameters<FetchHandler>>().toEqualTypeOf<[request: Request, visit: Visit, env: string]>();
  });

  it('goes to the function that reads login forms', () => {
    expectTypeOf<Parameters<NonNullable<FastifyOptions['form']>>[1]>().toEqualTypeOf<FastifyRequest>();
  });
});

describe('a visit', () => {
  it('logs in a user with an id, and says what became of it', () => {
    expectTypeOf<Visit['loginResult']>().toEqualTypeOf<LoginResult>();
    expectTypeOf<Visit['logIn']>().parameter(0).toEqualTypeOf<RouteUser>();
    expectTypeOf<Visit['logIn']>().parameter(1).toEqualTypeOf<LogInOptions | undefined>();
    expectTypeOf<DirectoryUser>().toExtend<RouteUser>();
    expectTypeOf<{ name: string }>().not.toExtend<RouteUser>();
    expectTypeOf<Awaited<ReturnType<Visit['logIn']>>>().toEqualTypeOf<'accepted' | 'failed' | 'denied'>();
  });
});

/** What every adapter on Node's own servers adds to a request. */
interface With {
  visit: Visit;
  readonly session: Session;
}
