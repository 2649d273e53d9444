import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { expect, it, onTestFinished } from 'vitest';
import { moinSessions } from '../../../src/web/express.js';
import { withSessions as withFetch } from '../../../src/web/fetch.js';
import { withSessions } from '../../../src/web/node.js';
import { deferred } from '../../aid/deferred.js';
import { makeSite } from '../../aid/site.js';
import { listen } from '../../aid/web/listen.js';

const FORM = 'application/x-www-form-urlencoded';

it.each(['resetAndDestroy', 'destroy', 'end'] as const)(
  'spec 5: a visitor who leaves in the middle of a login form (%s) causes no warning, and the server goes on',
  async (how) => {
    const errors: unknown[] = [];
    const onError = (error: unknown) => void errors.push(error);
    const [arrived, over] = [deferred(), deferred()];
    const listener = withSessions(makeSite().sessions, (_request, response) => response.end('fine'), {
      onError,
    });
    const server = createServer((request, response) => {
      response.once('close', () => setImmediate(over.resolve));
      listener(request, response);
      arrived.resolve();
    });
    const running = await listen(server);
    onTestFinished(async () => void (await running.close()));
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1').resume();
    client.on('error', () => {});
    await once(client, 'connect');
    client.write(
      'POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 20\r\n\r\nlogin=1',
    );
    await arrived.promise;
    client[how]();
    await over.promise;
    expect(errors).toEqual([]);
    expect(await (await fetch(running.origin)).text()).toBe('fine');
  },
);

it('spec 5: a visitor who has left before the form is read: the request ends, too', async () => {
  const [arrived, ended] = [deferred(), deferred()];
  const errors: unknown[] = [];
  const waitUntilLeft: RequestHandler = (request, _response, next) => {
    request.once('close', () => setImmediate(next));
    arrived.resolve();
  };
  const onError: ErrorRequestHandler = (error, _request, _response, _next) => {
    errors.push(error);
    ended.resolve();
  };
  const app = express().use(waitUntilLeft, moinSessions(makeSite().sessions), onError);
  const server = createServer(app);
  const running = await listen(server);
  onTestFinished(async () => void (await running.close()));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').resume();
  client.on('error', () => {});
  client.write(
    `POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\nContent-Length: 20\r\n\r\nlogin=1`,
  );
  await arrived.promise;
  client.destroy();
  await ended.promise;
  expect(errors).toEqual([expect.objectContaining({ statusCode: 400, code: 'ECONNRESET' })]);
});

it('a Request whose form breaks off: the same', async () => {
  const errors: unknown[] = [];
  const handler = withFetch(makeSite().sessions, () => new Response(), {
    onError: (error) => void errors.push(error),
  });
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error('aborted')) });
  const headers = { 'content-type': FORM };
  const init = { method: 'POST', body, headers, duplex: 'half' };
  expect((await handler(new Request('http://x/login', init as RequestInit))).status).toBe(400);
  expect(errors).toEqual([]);
});
