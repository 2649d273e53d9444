import { execFile } from 'node:child_process';
import { existsSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';
import type { Layout } from '../../../src/moin/layout.js';
import { MoinStore } from '../../../src/moin/store.js';
import { temporaryFolder } from '../../aid/folder.js';
import { opened, secretsDir, secretsOf } from '../../aid/moin/opened.js';
import { differences, filesBelow } from '../../aid/moin/wiki-files.js';
import { all } from '../../aid/records.js';
import { untilAlive } from '../../crash/operations.js';

const OPERATION = fileURLToPath(new URL('wiki-operation.mjs', import.meta.url));
const KILLER = fileURLToPath(new URL('../../crash/kill-at.mjs', import.meta.url));
/** The paths of what the store changes: on Linux it goes through open folders. */
const reached = (data: string) => (process.platform === 'linux' ? '/proc/self/fd/' : data);

type Operation = 'expire' | 'purge' | 'purge --expired';
type Files = ReadonlyMap<string, Buffer>;
type State = ReturnType<typeof opened>;

/** Few sessions, so that a purge of all comes to its end after some steps: that of a user, and three that are outdated. */
function prepared(layout: Layout, folder: string): State {
  const state = opened(layout, folder);
  const { wiki, session } = state;
  const outdated = wiki.expected.sessions.filter(
    ({ decoded }) => (decoded.expires as number) * 1000 < wiki.now,
  );
  const kept = new Set([session, ...outdated.slice(0, 3)].map(({ file }) => file));
  for (const name of readdirSync(wiki.sessionDir)) if (!kept.has(name)) rmSync(join(wiki.sessionDir, name));
  return state;
}

/** Runs the operation in a process that dies at its `at`-th step. False: it had come to its end before. */
async function died({ wiki, id }: State, layout: Layout, what: Operation, at: number): Promise<boolean> {
  const userDir = layout === '1.6' ? wiki.expected.user_dir_at_generation : '';
  const args = ['--import', KILLER, OPERATION, inject('built'), wiki.data, userDir, what, id, `${wiki.now}`];
  const env = { ...process.env, KILL_IN: reached(wiki.data), KILL_AT: `${at}` };
  return promisify(execFile)(process.execPath, args, { env }).then(
    () => false,
    (error) => {
      if (error.signal === 'SIGKILL') return true;
      throw error;
    },
  );
}

/** The files, by their path in the wiki, without what a killed process leaves beside them. */
function filesOf({ wiki }: State) {
  const files = [...filesBelow(wiki.data)].filter(([path]) => !path.endsWith('.tmp'));
  return new Map(files.map(([path, bytes]) => [path.slice(wiki.data.length), bytes]));
}

/** The minute is over that a lock counts. */
function ageLock(dir: string): void {
  const lock = join(dir, '__lock__', 'write_lock');
  const old = Date.now() / 1000 - 61;
  if (existsSync(lock)) utimesSync(lock, old, old);
}

/** The file of a session never changes before its secret is gone: else somebody whose session seems over would be logged in. */
function expectSecretFirst({ wiki, session }: State, before: Files, left: Files): void {
  const path = join(wiki.sessionDir, session.file).slice(wiki.data.length);
  const isTouched = !left.get(path)?.equals(before.get(path) as Buffer);
  const secrets = left.get(secretsOf(wiki, session).slice(wiki.data.length));
  if (isTouched) expect(secrets?.includes(session.file)).toBe(false);
}

describe.each([
  ['1.6', 'expire'],
  ['1.6', 'purge'],
  ['1.6', 'purge --expired'],
  ['1.9', 'expire'],
  ['1.9', 'purge'],
  ['1.9', 'purge --expired'],
] as const)(
  'MoinMoin %s, %s killed in front of each change of the disk, and in the middle of each write',
  (layout, what) => {
    it('I3: leaves each file as it was or as it is to be; after a minute a sweep leaves nothing else, and another run does the rest', async () => {
      const whole = prepared(layout, temporaryFolder());
      const before = filesOf(whole);
      expect(await died(whole, layout, what, Number.MAX_SAFE_INTEGER)).toBe(false);
      const after = filesOf(whole);
      expect(differences(before, after)).not.toEqual({ added: [], removed: [], changed: [] });

      const steps = await untilAlive(async (at) => {
        const state = prepared(layout, temporaryFolder());
        const isDead = await died(state, layout, what, at);
        const left = filesOf(state);
        for (const [path, bytes] of before) {
          const now = left.get(path);
          const isOld = now?.equals(bytes) ?? false;
          const isNew = now === undefined ? !after.has(path) : (after.get(path)?.equals(now) ?? false);
          expect([path, at, isOld || isNew]).toEqual([path, at, true]);
        }
        expect([...left.keys()].filter((path) => !before.has(path))).toEqual([]);

        if (layout === '1.6') expectSecretFirst(state, before, left);
        const dir = secretsDir(state.wiki);
        ageLock(dir);
        await state.store.sweep(Date.now() + 61_000);
        expect([...filesBelow(state.wiki.data).keys()].filter((path) => path.endsWith('.tmp'))).toEqual([]);
        if (existsSync(dir)) expect(readdirSync(dir).filter((name) => name.startsWith('.'))).toEqual([]);
        await died(state, layout, what, Number.MAX_SAFE_INTEGER);
        const { added, removed, changed } = differences(after, filesOf(state));
        // Without its secret a session of 1.6 is nobody's, and ends as that of a visitor.
        const isNobodys = (path: string) =>
          layout === '1.6' && what === 'expire' && path.includes(state.session.file);
        expect({ added, removed: removed.filter((path) => !isNobodys(path)), changed }).toEqual({
          added: [],
          removed: [],
          changed: [],
        });
        const store = new MoinStore(state.wiki.data);
        expect((await all(store.scan())).filter(({ record }) => record === null)).toEqual([]);
        return isDead;
      });
      expect(steps).toBeGreaterThan(0);
    }, 240_000);
  },
);
