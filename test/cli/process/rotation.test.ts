import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, inject, onTestFinished, test } from 'vitest';
import { CookieSigner } from '../../../src/session/cookie/signer.js';
import { resultOf } from '../../aid/cli/run.js';
import { temporaryFolder } from '../../aid/folder.js';
import { startProgram } from '../../aid/program.js';

const SERVER = fileURLToPath(new URL('./rotation.mjs', import.meta.url));

interface Page {
  id: string;
  seen: boolean;
  cookie: string;
}

async function visit(url: string, cookie?: string): Promise<Page> {
  const response = await fetch(url, cookie === undefined ? {} : { headers: { cookie } });
  const set = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return { ...((await response.json()) as Omit<Page, 'cookie'>), cookie: set };
}

test('spec 7: two servers go on while the secret is rotated: what either signs, the other opens, at every moment', async () => {
  const root = temporaryFolder();
  const store = `file:${join(root, 'sessions')}`;
  const servers = await Promise.all(
    [1, 2].map(() => startProgram(root, [SERVER, `${inject('built')}/dist`, store], {})),
  );
  onTestFinished(() => Promise.all(servers.map((server) => server.stop())).then(() => {}));
  const [one = '', other = ''] = servers.map(({ url }) => url);
  const rotate = (...more: string[]) => {
    const program = join(inject('built'), 'bin/moin-sessions.js');
    return resultOf(
      spawn(process.execPath, [program, '--store', store, 'secret', 'rotate', ...more], { cwd: root }),
    );
  };

  const cookies: string[] = [];
  const meet = async () => {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      const first = await visit(from);
      const second = await visit(to, first.cookie);
      expect({ id: second.id, seen: second.seen }).toEqual({ id: first.id, seen: true });
      cookies.push(first.cookie.slice('MOIN_SESSION='.length));
    }
  };

  await meet();
  let isOver = false;
  const rotation = rotate().finally(() => {
    isOver = true;
  });
  while (!isOver) await meet();
  expect(await rotation).toMatchObject({ code: 0, out: expect.stringContaining('A new secret signs.') });
  const [fresh = '', old = '', ...rest] = secretsIn(root);
  expect([fresh.length, old.length, rest.length]).toEqual([43, 43, 0]);

  const signedBy = (secret: string) => {
    const signer = new CookieSigner('MOIN_SESSION', [Buffer.from(secret, 'base64url')]);
    return cookies.filter((cookie) => signer.read(cookie).verdict === 'ok');
  };
  while (signedBy(fresh).length === 0) await meet();
  expect(signedBy(old).length).toBeGreaterThan(1);
  expect(signedBy(fresh).length + signedBy(old).length).toBe(cookies.length);

  // The visitor of before is still known, and is not after the drop.
  const before = { cookie: `MOIN_SESSION=${cookies[0]}` };
  expect((await visit(one, before.cookie)).seen).toBe(true);
  expect(await rotate('--drop', '--yes')).toMatchObject({ code: 0 });
  expect(secretsIn(root)).toEqual([fresh]);
  await expect.poll(async () => (await visit(one, before.cookie)).seen, { timeout: 20_000 }).toBe(false);
  expect((await visit(other, `MOIN_SESSION=${signedBy(fresh)[0]}`)).seen).toBe(true);
});

function secretsIn(root: string): string[] {
  return readFileSync(join(root, 'sessions/secret'), 'utf8').trim().split('\n');
}
