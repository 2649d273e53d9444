import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { ConfigurationError, defineConfig } from '../../../src/index.js';
import type { Sessions } from '../../../src/sessions.js';
import { moinSessions as expressSessions } from '../../../src/web/express.js';
import { moinSessions as fastifySessions } from '../../../src/web/fastify.js';
import { withSessions as withFetch } from '../../../src/web/fetch.js';
import { moinSessions as honoSessions } from '../../../src/web/hono.js';
import { withSessions } from '../../../src/web/node.js';
import { makeSite } from '../../aid/site.js';

/** Starts an adapter with sessions and options. */
const ADAPTERS: [string, (sessions: Sessions, options: object) => unknown][] = [
  ['express', (sessions, options) => expressSessions(sessions, options)],
  ['fastify', (sessions, options) => Fastify().register(fastifySessions, { sessions, ...options })],
  ['node', (sessions, options) => withSessions(sessions, () => {}, options)],
  ['fetch', (sessions, options) => withFetch(sessions, () => new Response(), options)],
  ['hono', (sessions, options) => honoSessions(sessions, options)],
];

describe.each(ADAPTERS)('spec 5, the adapter refuses at once what it cannot use: %s', (name, adapt) => {
  const start = async (sessions: unknown, options = {}): Promise<unknown> =>
    adapt(sessions as Sessions, options);
  const { sessions } = makeSite();

  it.each([
    [
      'a misspelt option',
      { loginPath: ['/login'] },
      'there is no option "loginPath" (did you mean \'loginPaths\'?)',
    ],
    ['another misspelt option', { onerror: () => {} }, "(did you mean 'onError'?)"],
    ['an option of createSessions', { cookieLifetime: 12 }, 'there is no option "cookieLifetime"'],
    [
      'paths that are none',
      { loginPaths: '/login' },
      "option loginPaths must be a list of whole paths such as '/login'",
    ],
    [
      'a limit that is no number',
      { formLimit: '16kb' },
      'option formLimit must be a whole number of bytes, 0 or more',
    ],
    ['a limit below 0', { formLimit: -1 }, 'option formLimit must be'],
    ['a form that is no function', { form: {} }, 'option form must be a function'],
    ['an onError that is no function', { onError: true }, 'option onError must be a function'],
  ])('%s', async (_what, options, message) => {
    const error: Error = await start(sessions, options).then(String, (error) => error);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain(message);
  });

  it('options that are undefined count as absent', async () => {
    const none = { loginPaths: undefined, form: undefined, formLimit: undefined, onError: undefined };
    await expect(start(sessions, none)).resolves.toBeDefined();
  });

  it.each([
    [
      'a config',
      defineConfig({ store: 'memory:' }),
      'needs the sessions that createSessions(config) returns, not the config',
    ],
    [
      'nothing',
      undefined,
      name === 'fastify' ? 'app.register(moinSessions, { sessions })' : 'a value of type undefined',
    ],
    ['a path', 'file:sessions', 'a value of type string'],
  ])('%s in place of sessions', async (_what, given, message) => {
    const error: Error = await start(given).then(String, (error) => error);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain(message);
  });
});

it.each([
  ['fetch', 'nothing', withFetch, undefined],
  ['node', 'nothing', withSessions, undefined],
  ['fetch', 'options', withFetch, { loginPaths: ['/in'] }],
  ['node', 'options', withSessions, { loginPaths: ['/in'] }],
])('spec 5: /%s refuses at once %s in place of a handler', (_name, _what, adapt, handler) => {
  const { sessions } = makeSite();
  const start = () => (adapt as (sessions: Sessions, handler: unknown) => unknown)(sessions, handler);
  expect(start).toThrow(ConfigurationError);
  expect(start).toThrow(`got a value of type ${typeof handler}: withSessions(sessions, handler, options)`);
});

it.each([
  ['fetch', (options: object) => withFetch(makeSite().sessions, () => new Response(), options)],
  ['hono', (options: object) => honoSessions(makeSite().sessions, options)],
])('spec 5: /%s refuses at once a connection that is no function; undefined is none', (_name, adapt) => {
  for (const connection of [5, null, {}, ''])
    expect(() => adapt({ connection })).toThrow(
      new ConfigurationError('option connection must be a function'),
    );
  expect(adapt({ connection: undefined })).toBeTypeOf('function');
});

it('Fastify: the options of register itself are no mistake', async () => {
  const { sessions } = makeSite();
  const app = Fastify();
  await app.register(fastifySessions, { sessions, prefix: '/x', logLevel: 'warn', logSerializers: {} });
  await app.close();
});
