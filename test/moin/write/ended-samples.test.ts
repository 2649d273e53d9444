import { chmodSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Layout } from '../../../src/moin/layout.js';
import { MoinStore } from '../../../src/moin/store.js';
import { SessionAdmin } from '../../../src/session/admin/admin.js';
import { temporaryFolder } from '../../aid/folder.js';
import { loaded, PYTHONS } from '../../aid/moin/python.js';
import { differences, filesBelow, idOfFile } from '../../aid/moin/wiki-files.js';
import { type ExpectedSession, type SampleWiki, unpackWiki } from '../../aid/moin/wikis.js';
import { needPython } from '../../aid/python.js';
import { all } from '../../aid/records.js';

const LAYOUTS = ['1.6', '1.9'] as const satisfies readonly Layout[];

/** One wiki that is changed, and how it was before. */
function opened(layout: Layout) {
  const wiki = unpackWiki(layout);
  const store = new MoinStore(
    wiki.data,
    layout === '1.6' ? { user_dir: wiki.expected.user_dir_at_generation } : {},
  );
  const admin = new SessionAdmin({ store, users: store.users ?? undefined, clock: () => wiki.now });
  return { wiki, admin, store, before: filesBelow(wiki.data) };
}

type Opened = ReturnType<typeof opened>;

const pathOf = ({ sessionDir }: SampleWiki, { file }: ExpectedSession) =>
  `${sessionDir}/${Buffer.from(file).toString('latin1')}`;
const secretsPath = ({ data }: SampleWiki, file: string) => join(data, 'cache/__common__/ussc', file);
const idsOf = (sessions: readonly ExpectedSession[]) => sessions.map(({ file }) => idOfFile(file));

/** Whether that MoinMoin's own clean-up takes the file. */
function isOutdated({ decoded }: ExpectedSession, layout: Layout, { now }: SampleWiki): boolean {
  if (decoded.expires === undefined) return layout === '1.9';
  return (decoded.expires as number) * 1000 < now;
}

const isUsers = ({ user_id }: ExpectedSession) => user_id !== null;
/** The expiry (s) that ends a session: with 1.6 also before the time of its file. */
function endOf({ now }: SampleWiki, layout: Layout, { mtime }: ExpectedSession): number {
  const end = Math.floor(now / 1000) - 1;
  return layout === '1.9' ? end : Math.min(end, Math.floor(mtime) - 1);
}

interface Left {
  removed: readonly ExpectedSession[];
  ended: readonly ExpectedSession[];
  /** Those of the removed whose secret stays (1.6). */
  loggedIn?: readonly ExpectedSession[];
}

/** Checks what is left of the folder: who is named as removed is gone, who is named as ended is expired, and all else is as it was. */
function expectLeft({ wiki, before }: Opened, layout: Layout, { removed, ended, loggedIn = [] }: Left): void {
  const after = filesBelow(wiki.data);
  const over =
    layout === '1.6' ? [...removed, ...ended].filter((session) => !loggedIn.includes(session)) : [];
  const changedSecrets = (wiki.expected.ussc ?? []).filter(({ secrets }) =>
    over.some(({ file }) => Object.values(secrets).includes(file)),
  );
  const found = differences(before, after);
  expect(found.added).toEqual([]);
  expect(found.removed.sort()).toEqual(removed.map((session) => pathOf(wiki, session)).sort());
  expect(found.changed.sort()).toEqual(
    [
      ...ended.map((session) => pathOf(wiki, session)),
      ...changedSecrets.map(({ file }) => secretsPath(wiki, file)),
    ].sort(),
  );
  const copies = temporaryFolder();
  for (const python of PYTHONS) {
    const sessions = ended.map((session) => pathOf(wiki, session));
    expect(
      loaded(
        python,
        sessions.map((path) => ({ path })),
      ),
    ).toEqual(
      loaded(
        python,
        sessions.map((path, n) => ({
          path: kept(copies, n, before.get(path)),
          set: { expires: endOf(wiki, layout, ended[n] as ExpectedSession) },
        })),
      ),
    );
    expect(
      loaded(
        python,
        changedSecrets.map(({ file }) => ({ path: secretsPath(wiki, file) })),
      ),
    ).toEqual(changedSecrets.map((one) => secretsText(one, new Set(over.map(({ file }) => file)))));
  }
}

function kept(folder: string, n: number, bytes: Buffer | undefined): string {
  const path = join(folder, `${n}`);
  writeFileSync(path, bytes as Buffer);
  return path;
}

/** What Python must say of a file of secrets without those of `over`. */
function secretsText(
  { secrets, lru }: { secrets: Record<string, string>; lru: number[] },
  over: ReadonlySet<string>,
): string {
  const left = Object.entries(secrets).filter(([, secret]) => !over.has(secret));
  const indices = left.map(([index]) => Number(index));
  const dict = left
    .map(([index, secret]) => `int ${index}: str ${Buffer.from(secret).toString('hex')}`)
    .sort();
  const order = lru.filter((index) => indices.includes(index)).map((index) => `int ${index}`);
  return `({${dict.join(', ')}}, [${order.join(', ')}])`;
}

function touch(wiki: SampleWiki, session: ExpectedSession, at: number): void {
  utimesSync(Buffer.from(pathOf(wiki, session), 'latin1'), at, at);
}

function bytesOf(sessions: readonly ExpectedSession[]): number {
  return sessions.reduce((sum, { size }) => sum + size, 0);
}

/** What `expire` does to the files of these sessions: 1.6 removes those of visitors. */
function endedFiles(sessions: readonly ExpectedSession[], layout: Layout) {
  return {
    removed: layout === '1.6' ? sessions.filter((session) => !isUsers(session)) : [],
    ended: layout === '1.6' ? sessions.filter(isUsers) : sessions,
  };
}

/** Still open: by its expiry, because it has none, or because its cookie is good although its file was written as outdated (1.6). */
const isOpen = (session: ExpectedSession, layout: Layout, wiki: SampleWiki) =>
  session.decoded.expires === undefined || !isOutdated(session, layout, wiki) || isStale(session, layout);

/** A login of 1.6 whose cookie is good, and which its clean-up takes: `expected.json` has such cookies. */
const isStale = ({ decoded, mtime, user_id }: ExpectedSession, layout: Layout) =>
  layout === '1.6' && user_id !== null && (decoded.expires as number) < mtime;

describe.each(LAYOUTS)('spec 8: what is left of the wiki of MoinMoin %s', (layout) => {
  it.for([3, 2] as const)('Python %i loads it: this machine has one', (major, context) => {
    const command = needPython(context, major);
    const python = { name: `Python ${major}`, command };
    expect(loaded(python, [{ path: kept(temporaryFolder(), 0, Buffer.from('(dp0\n.')) }])).toEqual(['{}']);
  });

  it('expire ends each session alone: all other files stay, byte by byte', async () => {
    const { wiki } = opened(layout);
    const open = wiki.expected.sessions.filter((session) => isOpen(session, layout, wiki));
    const byHow = new Map(open.map((session) => [`${session.how_made}${session.decoded.expires}`, session]));
    for (const session of [...byHow.values()].slice(0, 6)) {
      const state = opened(layout);
      const [id] = idsOf([session]);
      const path = pathOf(state.wiki, session);
      chmodSync(Buffer.from(path, 'latin1'), 0o660);
      const { mtimeMs } = statSync(Buffer.from(path, 'latin1'));
      expect(await state.admin.expire([id as string]), session.how_made).toEqual({
        matched: 1,
        expired: 1,
        kept: 0,
        failed: 0,
        bytes: session.size,
        dryRun: false,
      });
      const files = endedFiles([session], layout);
      expectLeft(state, layout, files);
      if (files.ended.length === 0) continue;
      const { mode, mtimeMs: mtimeAfter } = statSync(Buffer.from(path, 'latin1'));
      expect(mode & 0o777).toBe(0o660);
      expect(Math.abs(mtimeAfter - mtimeMs)).toBeLessThan(0.001);
      const [entry] = await all(state.admin.list({ ids: [id as string] }));
      expect(entry).toMatchObject({ state: 'expired', seen: new Date(Math.floor(mtimeMs)) });
    }
  });

  it('expire --user ends the sessions of one user, also those without an expiry', async () => {
    const state = opened(layout);
    const { wiki, admin } = state;
    const name = 'JoeDoe';
    const theirs = wiki.expected.sessions.filter(({ user_name }) => user_name === name);
    const open = theirs.filter((session) => isOpen(session, layout, wiki));
    expect(open.length).toBeGreaterThan(1);
    const report = await admin.expire({ userName: name });
    expect(report).toMatchObject({ matched: theirs.length, expired: open.length, failed: 0 });
    expectLeft(state, layout, endedFiles(open, layout));
    expect(await all(admin.list({ userName: name, state: 'active' }))).toEqual([]);
  });

  it('expire of everything leaves no session open', async () => {
    const state = opened(layout);
    const { wiki, admin } = state;
    const { sessions } = wiki.expected;
    const open = sessions.filter((session) => isOpen(session, layout, wiki));
    const report = await admin.expire({ all: true });
    expect(report).toEqual({
      matched: sessions.length,
      expired: open.length,
      kept: sessions.length - open.length,
      failed: 0,
      bytes: bytesOf(open),
      dryRun: false,
    });
    expectLeft(state, layout, endedFiles(open, layout));
    expect(await admin.expire({ all: true })).toMatchObject({ expired: 0, failed: 0 });
  });

  it('I5: purge --expired removes what that MoinMoin takes for outdated, and nothing else', async () => {
    const state = opened(layout);
    const { wiki, admin } = state;
    const outdated = wiki.expected.sessions.filter((session) => isOutdated(session, layout, wiki));
    expect(outdated.length).toBeGreaterThan(1);
    const [one, ...loggedIn] = outdated.filter((session) => isStale(session, layout));
    // Outdated for long: its cookie has expired, too, so its secret is worth nothing.
    if (one !== undefined) touch(wiki, one, (one.decoded.expires as number) - 7200);
    expect(await admin.purge({ state: 'expired' })).toEqual({
      matched: outdated.length,
      removed: outdated.length,
      kept: 0,
      failed: 0,
      bytes: bytesOf(outdated),
      dryRun: false,
    });
    expectLeft(state, layout, { removed: outdated, ended: [], loggedIn });
    expect(await admin.purge({ state: 'expired' })).toMatchObject({ matched: 0, removed: 0 });
    expect((await all(admin.list({ kind: 'user' }))).map(({ id }) => id)).toEqual(
      expect.arrayContaining(idsOf(loggedIn)),
    );
  });

  it('purge by id removes each session alone, and with 1.6 its secret', async () => {
    const { wiki } = opened(layout);
    const one = wiki.expected.sessions.find(isUsers) as ExpectedSession;
    const other = wiki.expected.sessions.find((session) => !isUsers(session)) as ExpectedSession;
    for (const session of [one, other]) {
      const state = opened(layout);
      expect(await state.admin.purge(idsOf([session]))).toMatchObject({ removed: 1, bytes: session.size });
      expectLeft(state, layout, { removed: [session], ended: [] });
    }
  });

  it('purge --user and purge --all remove files and secrets; no other file changes', async () => {
    const state = opened(layout);
    const { wiki, admin } = state;
    const theirs = wiki.expected.sessions.filter(({ user_name }) => user_name === 'JoeDoe');
    expect(await admin.purge({ userName: 'JoeDoe' })).toMatchObject({ removed: theirs.length, failed: 0 });
    expectLeft(state, layout, { removed: theirs, ended: [] });
    const { sessions } = wiki.expected;
    expect(await admin.purge({ all: true })).toMatchObject({ removed: sessions.length - theirs.length });
    expectLeft(state, layout, { removed: sessions, ended: [] });
    expect([...filesBelow(wiki.sessionDir)].map(([path]) => basename(path))).toEqual([]);
  });
});
