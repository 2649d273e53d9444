import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, inject, onTestFinished, test } from 'vitest';

const library = readFileSync(new URL('../../docs/library.md', import.meta.url), 'utf8');
const [, program = ''] = /^```js file=magic-link\.mjs\n([\s\S]*?)^```$/m.exec(library) ?? [];

/** Runs the program, or a changed form of it. Returns its address and its next lines on standard output. */
async function start(text = program): Promise<{ url: string; nextLine: () => Promise<string> }> {
  const folder = mkdtempSync(join(inject('built'), 'library-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'magic-link.mjs'), text);
  const child = spawn(process.execPath, ['magic-link.mjs'], {
    cwd: folder,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill());
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextLine = async () => String((await lines.next()).value);
  return { url: (await nextLine()).replace('listening on ', ''), nextLine };
}

test('spec 5: the program of the library’s guide logs in by a magic link, once, and out again', async () => {
  const { url, nextLine } = await start();
  let cookie = '';
  const send = async (path: string, body?: Record<string, string>) => {
    const init = body && { method: 'POST', body: new URLSearchParams(body) };
    const response = await fetch(url + path, { ...init, headers: { cookie }, redirect: 'manual' });
    cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
    return response;
  };
  await send('/links', { email: 'alice@example.com' });
  const link = (await nextLine()).replace('mail to alice@example.com: ', '');
  expect(await (await send(link)).text()).toContain('<button>Log in</button>');
  expect(await (await send('/')).json()).toBeNull();
  expect((await send(link, {})).status).toBe(303);
  expect(await (await send('/')).json()).toEqual({
    id: 'alice@example.com',
    name: 'alice@example.com',
    method: 'route:magic-link',
  });
  expect((await send(link, {})).status).toBe(403);
  await send('/leave', {});
  expect(await (await send('/')).json()).toBeNull();
});

test.each(['express4', 'express'])(
  'the program answers 500 where the store cannot be written, and lives on: %s',
  async (express) => {
    const unwritable = `createSessions({
    store: new FileStore('sessions', { readOnly: true }), secrets: 'a secret of more than thirty-two bytes' })`;
    const text = program
      .replace("from 'express'", `from '${express}'`)
      .replace('{ createSessions }', '{ createSessions, FileStore }')
      .replace(/createSessions\(\{.*\}\)/, unwritable)
      .replace('const app = express();', "const app = express().set('env', 'test');");
    const { url, nextLine } = await start(text);
    await fetch(`${url}/links`, {
      method: 'POST',
      body: new URLSearchParams({ email: 'alice@example.com' }),
    });
    const link = (await nextLine()).replace('mail to alice@example.com: ', '');
    expect((await fetch(url + link, { method: 'POST' })).status).toBe(500);
    expect(await (await fetch(url)).json()).toBeNull();
  },
);
