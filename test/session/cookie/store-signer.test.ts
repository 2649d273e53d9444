import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSessions, StoreError } from '../../../src/index.js';
import { temporaryFolder } from '../../aid/folder.js';

/** A server whose store keeps the secret; `visit` is a second after the one before. */
async function server() {
  const root = join(temporaryFolder(), 'sessions');
  let now = 1_900_000_000_000;
  const options = { store: `file:${root}`, anonymousCookieLifetime: 1, clock: () => now };
  const sessions = createSessions(options);
  onTestFinished(() => sessions.close());
  const visit = (cookie = '') => {
    now += 1000;
    return sessions.begin({ headers: { cookie } });
  };
  const { 'set-cookie': setCookie } = await (await visit()).commit();
  const cookie = String(setCookie).split(';')[0] ?? '';
  return { root, secret: join(root, 'secret'), visit, cookie };
}

/** The warnings that this process emits while the test runs, by their codes. */
function warnings(): string[] {
  const codes: string[] = [];
  const note = (warning: Error & { code?: string }) => void codes.push(warning.code ?? '');
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  return codes;
}

test('spec 4: a store that was removed under a server is reported, and signs nothing', async () => {
  const { root, visit, cookie } = await server();
  rmSync(root, { recursive: true });
  for (const sent of ['', cookie]) {
    const error = await visit(sent).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreError);
    expect(String(error)).toMatch(/was removed, or lost its secret, .*: put it back, or restart the process/);
  }
  expect(existsSync(root)).toBe(false);
});

test('spec 4: a store that is put back, as a volume that is mounted again, is used as before', async () => {
  const { root, visit, cookie } = await server();
  renameSync(root, `${root}.away`);
  await expect(visit(cookie)).rejects.toThrow(StoreError);
  renameSync(`${root}.away`, root);
  expect((await visit(cookie)).session.available).toBe(true);
});

test('spec 4: another secret in the store is used from then on, with a warning', async () => {
  const { secret, visit, cookie } = await server();
  const codes = warnings();
  expect((await visit(cookie)).session.available).toBe(true);
  const old = readFileSync(secret, 'utf8');
  writeFileSync(secret, `${'B'.repeat(43)}\n`);
  expect((await visit(cookie)).session.available).toBe(false);
  await new Promise(setImmediate);
  expect(codes).toEqual(['MOIN_SESSIONS_SECRET_CHANGED']);
  writeFileSync(secret, old);
  expect((await visit(cookie)).session.available).toBe(true);
});
