import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/base/json.js';
import type { Layout } from '../../../src/moin/layout.js';
import { MoinStore } from '../../../src/moin/store.js';
import { SessionLookup } from '../../../src/session/admin/lookup.js';
import type { StoreEntry } from '../../../src/store/contract.js';
import { snapshot } from '../../aid/folder.js';
import { type ExpectedSession, type SampleWiki, unpackWiki } from '../../aid/moin/wikis.js';

const LAYOUTS = ['1.6', '1.9'] as const satisfies readonly Layout[];
const COUNT = { '1.6': 74, '1.9': 63 } as const;
const IDENTITY = ['user.id', 'user.auth_method', 'user.auth_attribs'];

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}

function lookupIn(store: MoinStore, { now }: SampleWiki): SessionLookup {
  return new SessionLookup({ store, users: store.users ?? undefined, clock: () => now });
}

/** The data as `list` and `inspect` must show them. */
function dataOf({ decoded }: ExpectedSession, layout: Layout): Record<string, Json> {
  const hidden = layout === '1.9' ? ['expires', ...IDENTITY] : ['expires'];
  return Object.fromEntries(Object.entries(decoded).filter(([key]) => !hidden.includes(key)));
}

/** When the cookie stops opening the session, and when that MoinMoin's clean-up takes the file, in ms; null for never or at once. */
function timesOf({ decoded, mtime, user_id }: ExpectedSession, layout: Layout) {
  if (decoded.expires === undefined) return { cookieExpires: null, expires: null };
  const expires = new Date(Math.ceil((decoded.expires as number) * 1000));
  const cookieExpires = new Date(
    Math.ceil(((decoded.expires as number) - (layout === '1.9' ? 0 : 3600)) * 1000),
  );
  // Written with an expiry in the past: the cookie of such a login still opens it.
  const isOpen = layout === '1.6' && user_id !== null && (decoded.expires as number) < mtime;
  return { cookieExpires: isOpen ? null : cookieExpires, expires };
}

function stateOf(session: ExpectedSession, layout: Layout, now: number, disabled: ReadonlySet<string>) {
  const { cookieExpires, expires } = timesOf(session, layout);
  const never = layout === '1.9' ? 'expired' : 'active';
  const byTime = expires === null ? never : expires.getTime() <= now ? 'expired' : 'open';
  if (byTime === 'expired') return 'expired';
  if (cookieExpires !== null && cookieExpires.getTime() <= now) return 'grace';
  return session.user_id !== null && disabled.has(session.user_id) ? 'refused' : 'active';
}

describe.each(LAYOUTS)('spec 8: the sample wiki of MoinMoin %s', (layout) => {
  it('every session is listed once, with its id, kind, user, times, state, size and data', async () => {
    const wiki = unpackWiki(layout);
    const { expected, now, data } = wiki;
    const store = new MoinStore(data);
    const disabled = new Set(
      expected.users.filter(({ fields }) => fields.disabled === '1').map(({ id }) => id),
    );
    const known = new Set(expected.users.map(({ id }) => id));
    const found = new Map((await all(lookupIn(store, wiki).details())).map((detail) => [detail.id, detail]));
    expect(found.size).toBe(COUNT[layout]);
    expect(expected.sessions).toHaveLength(COUNT[layout]);
    for (const session of expected.sessions) {
      const isUser = session.user_id !== null;
      const gone = isUser && !known.has(session.user_id as string) ? [session.user_id as string] : [];
      expect(found.get(idOf(session.file)), session.file).toEqual({
        id: idOf(session.file),
        kind: isUser ? 'user' : 'anonymous',
        state: stateOf(session, layout, now, new Set([...disabled, ...gone])),
        userId: session.user_id,
        userName: session.user_name,
        method: isUser ? (layout === '1.9' ? session.decoded['user.auth_method'] : 'moin_login') : null,
        created: new Date(Math.floor(session.mtime * 1000)),
        seen: new Date(Math.floor(session.mtime * 1000)),
        ...timesOf(session, layout),
        endedBy: null,
        endedAt: null,
        endReason: null,
        address: null,
        userAgent: null,
        url: null,
        keys: Object.keys(dataOf(session, layout)),
        bytes: session.size,
        data: dataOf(session, layout),
        revision: 1,
      });
    }
  });

  it('each session is found by its id alone, and by the beginning of it', async () => {
    const { expected, dir, sessionDir } = unpackWiki(layout);
    const store = new MoinStore(dir);
    const entries = new Map((await all(store.scan())).map((entry) => [entry.id, entry]));
    for (const { file, sha256 } of expected.sessions) {
      const id = idOf(file);
      expect(await store.find(id)).toEqual(entries.get(id)?.record);
      expect(await all(store.scan({ prefix: id }))).toEqual([entries.get(id)]);
      const path = (await store.reveal(id)) as string;
      expect(path).toBe(join(sessionDir, file));
      expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(sha256);
    }
    const begin = idOf(expected.sessions[0]?.file as string).slice(0, 2);
    const beginning = (entry: StoreEntry) => entry.id.startsWith(begin);
    expect(ids(await all(store.scan({ prefix: begin })))).toEqual(
      ids([...entries.values()].filter(beginning)),
    );
  });

  it('the sessions of a user are those that bear the name', async () => {
    const wiki = unpackWiki(layout);
    const { expected, sessionDir } = wiki;
    const store = new MoinStore(sessionDir);
    for (const { id, name } of expected.users) {
      const theirs = expected.sessions
        .filter((session) => session.user_id === id)
        .map(({ file }) => idOf(file));
      expect(ids(await all(store.findByUser(id))), name).toEqual(theirs.sort());
      expect(ids(await all(lookupIn(store, wiki).list({ userName: name }))), name).toEqual(theirs);
    }
  });

  it('I5: the candidates of a purge are what the clean-up of that MoinMoin takes', async () => {
    const { expected, now, data } = unpackWiki(layout);
    const outdated = expected.sessions.filter(({ decoded: { expires } }) =>
      expires === undefined ? layout === '1.9' : (expires as number) < now / 1000,
    );
    expect(outdated.length).toBeGreaterThan(3);
    const candidates = await all(new MoinStore(data).expiryCandidates(now));
    expect(candidates.sort()).toEqual(outdated.map(({ file }) => idOf(file)).sort());
  });

  it('the users have the names and fields of their files', async () => {
    const { expected, data } = unpackWiki(layout);
    const { users } = new MoinStore(data);
    expect([...(users?.list() ?? [])]).toHaveLength(expected.users.length);
    for (const { id, name, fields } of expected.users) {
      const user = await users?.findById(id);
      expect(user).toEqual(await users?.findByName(name));
      expect({ id: user?.id, name: user?.name, disabled: user?.disabled }).toEqual({
        id,
        name,
        disabled: fields.disabled === '1',
      });
      expect(Object.fromEntries(user?.fields ?? [])).toEqual(fields);
    }
  });

  it('nothing in the folder is changed, and nothing is written', async () => {
    const { data, expected } = unpackWiki(layout);
    const before = snapshot(data);
    const store = new MoinStore(data);
    await all(store.scan());
    await all(store.findByUser(expected.users[0]?.id as string));
    await store.close();
    expect(snapshot(data)).toEqual(before);
  });
});

function ids(items: readonly { id: string }[]): string[] {
  return items.map(({ id }) => id).sort();
}
