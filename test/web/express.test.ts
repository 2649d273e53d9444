import { createServer } from 'node:http';
import { join } from 'node:path';
import express from 'express';
// @ts-expect-error: the types of Express 4 are not here, and what is used of it is the same
import express4 from 'express4';
import { describe, expect, it, onTestFinished } from 'vitest';
import { moinSessions } from '../../src/web/express.js';
import { putFile, temporaryFolder } from '../aid/folder.js';
import { makeSite } from '../aid/site.js';
import { describeAdapter } from '../aid/web/adapter.js';
import { express4App, express5App, mountedExpress5App } from '../aid/web/apps/express.js';
import { listen } from '../aid/web/listen.js';

describeAdapter('Express 5', express5App);
describeAdapter('Express 4', express4App);
describeAdapter('Express 5, mounted', mountedExpress5App);

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
])('files in front of the middleware, %s', (_, framework) => {
  it('spec 4: they have neither Vary nor a cookie, and one behind it keeps the Cache-Control of its own', async () => {
    const folder = temporaryFolder();
    putFile(join(folder, 'logo.svg'), '<svg/>');
    const app = framework();
    app.use('/static', framework.static(folder, { maxAge: '1h' }));
    app.use(moinSessions(makeSite().sessions));
    app.use('/behind', framework.static(folder));
    app.use('/private', framework.static(folder, { cacheControl: false }));
    const running = await listen(createServer(app));
    onTestFinished(async () => void (await running.close()));
    const headersOf = async (path: string) => {
      const { status, headers } = await fetch(`${running.origin}${path}`);
      expect(status).toBe(200);
      return [headers.get('cache-control'), headers.get('vary'), headers.has('set-cookie')];
    };
    expect(await headersOf('/static/logo.svg')).toEqual(['public, max-age=3600', null, false]);
    const behind = 'public, max-age=0, no-cache="Set-Cookie"';
    expect(await headersOf('/behind/logo.svg')).toEqual([behind, 'Cookie', true]);
    expect(await headersOf('/private/logo.svg')).toEqual(['private, no-cache="Set-Cookie"', 'Cookie', true]);
  });
});
