import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { isPromise } from '../../src/base/soon.js';
import { beginSoon } from '../../src/visit/begin-soon.js';
import { withSessions } from '../../src/web/node.js';
import { makeSite } from '../aid/site.js';
import { listen } from '../aid/web/listen.js';

it('a visit begins in the turn of its request once the site is open', async () => {
  const { sessions } = makeSite();
  const first = beginSoon(sessions, {});
  expect(isPromise(first)).toBe(true);
  await first;
  const second = beginSoon(sessions, {});
  expect(isPromise(second)).toBe(false);
  expect(await second).toMatchObject({ user: null, loginResult: 'none' });
});

it('what is no request is an error at once, and a rejection of begin', async () => {
  const { sessions } = makeSite();
  await sessions.open();
  expect(() => beginSoon(sessions, null as never)).toThrow('sessions.begin takes a request');
  await expect(sessions.begin(null as never)).rejects.toThrow('sessions.begin takes a request');
});

it('sessions whose begin was replaced are not passed by', async () => {
  const { sessions } = makeSite();
  await sessions.open();
  const { begin } = sessions;
  let calls = 0;
  sessions.begin = (request) => {
    calls += 1;
    return begin.call(sessions, request);
  };
  expect((await beginSoon(sessions, {})).user).toBeNull();
  expect(calls).toBe(1);
});

it('a handler on node:http runs in the turn of its request', async () => {
  const { sessions } = makeSite();
  await sessions.open();
  const log: string[] = [];
  const listener = withSessions(sessions, (_request, response) => {
    log.push('handled');
    response.end();
  });
  const server = createServer((request, response) => {
    listener(request, response);
    log.push('returned');
  });
  const running = await listen(server);
  onTestFinished(async () => void (await running.close()));
  await fetch(running.origin);
  expect(log).toEqual(['handled', 'returned']);
});
