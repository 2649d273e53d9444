import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { HttpBrowser } from '../aid/web/http-browser.js';

/** The application of before the change, on the store of the page. It runs in the process of the new one, because its store is in memory. */
const BEFORE = `
  import express from 'express';

  const app = express();
  app.use(session({ store: oldStore, secret: 'keyboard cat', resave: false, saveUninitialized: false }));
  app.get('/in', (req, res) => {
    Object.assign(req.session, { userId: '17', cart: ['tea'] });
    res.send('in');
  });
  const server = app.listen(0, () => console.log(\`before \${server.address().port}\`));
`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(inject('built'), 'migrating-'));
  const page = readFileSync(new URL('../../docs/migrating.md', import.meta.url), 'utf8');
  const programOf = (name: string) =>
    new RegExp(`^\`\`\`js file=${name}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page)?.[1] ?? '';
  writeFileSync(join(folder, 'before.mjs'), programOf('before.mjs') + BEFORE);
  writeFileSync(join(folder, 'after.mjs'), programOf('after.mjs'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts both applications. Gives their addresses. */
async function start(): Promise<{ before: string; after: string }> {
  const child = spawn(process.execPath, ['after.mjs'], { cwd: folder, env: { ...process.env, PORT: '0' } });
  onTestFinished(() => void child.kill());
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const ports: Record<string, string> = {};
  for await (const line of createInterface(child.stdout)) {
    const [, name = '', port = ''] = /^(before|listening).*?(\d+)$/.exec(line) ?? [];
    ports[name] = `http://127.0.0.1:${port}`;
    if (ports.before && ports.listening) return { before: ports.before, after: ports.listening };
  }
  throw new Error(`after.mjs did not start: ${errors}`);
}

/** A browser that was logged in before the change. A cookie belongs to a host, whatever the port (RFC 6265, section 8.5). */
async function loggedInBefore(before: string, after: string): Promise<HttpBrowser> {
  const response = await fetch(`${before}/in`);
  const browser = new HttpBrowser(after);
  browser.keep(response);
  return browser;
}

const ALICE = { user: 'alice', cart: ['tea'] };
const NOBODY = { user: null, cart: [] };

it('after.mjs knows the user of before, and a logout is final', async () => {
  const { before, after } = await start();
  const browser = await loggedInBefore(before, after);
  const { cookie } = browser;
  expect([await browser.json('/'), await browser.json('/')]).toEqual([ALICE, ALICE]);
  expect((await browser.post('/sign-out', {})).status).toBe(303);
  expect(await browser.json('/')).toEqual(NOBODY);
  const thief = await fetch(after, { headers: { cookie } });
  expect(await thief.json()).toEqual(NOBODY);
});

it('after.mjs: a logout in its route is final as the very first request, too', async () => {
  const { before, after } = await start();
  const browser = await loggedInBefore(before, after);
  expect((await browser.post('/sign-out', {})).status).toBe(303);
  expect(await browser.json('/')).toEqual(NOBODY);
});
