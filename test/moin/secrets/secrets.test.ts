import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { PyBytes, PyTuple } from '../../../src/moin/pickle/values.js';
import { writePickle } from '../../../src/moin/pickle/write.js';
import { WikiSecrets } from '../../../src/moin/secrets/secrets.js';
import type { WikiSettings } from '../../../src/moin/settings.js';
import { MoinStore } from '../../../src/moin/store.js';
import type { SessionDetail } from '../../../src/session/admin/info.js';
import { SessionLookup } from '../../../src/session/admin/lookup.js';
import { dictOf, idOf, NewWiki } from '../../aid/moin/new-wiki.js';
import { type SampleWiki, unpackWiki } from '../../aid/moin/wikis.js';

const ALICE = '1795397431.64.10246';
const BOB = '1795397283.2.54850';

function warnings() {
  const spy = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  onTestFinished(() => spy.mockRestore());
  return () => spy.mock.calls.map(([message]) => String(message));
}

async function detailsIn(store: MoinStore, now = Date.now()): Promise<Map<string, SessionDetail>> {
  const lookup = new SessionLookup({ store, users: store.users ?? undefined, clock: () => now });
  const found = new Map<string, SessionDetail>();
  for await (const detail of lookup.details()) found.set(detail.id, detail);
  return found;
}

/** The sample wiki as if its server had called the folder of the users by another path. */
function movedWiki(userDir: string): SampleWiki {
  const wiki = unpackWiki('1.6');
  const dir = join(wiki.data, 'cache/__common__/ussc');
  for (const { file, user_id } of wiki.expected.ussc ?? [])
    renameSync(
      join(dir, file),
      join(
        dir,
        createHash('sha1')
          .update(user_id + userDir)
          .digest('hex'),
      ),
    );
  return wiki;
}

describe('the secrets of a wiki of MoinMoin 1.6', () => {
  it('are told to users, with index and order, as the sample says', () => {
    const { data, expected } = unpackWiki('1.6');
    const { userSecrets: secrets } = new MoinStore(data);
    secrets?.renew();
    expect(expected.ussc).toHaveLength(9);
    for (const { file, user_id, secrets: theirs, lru } of expected.ussc ?? []) {
      const found = secrets?.of(user_id);
      expect(found?.path).toBe(join(data, 'cache/__common__/ussc', file));
      expect(Object.fromEntries(found?.secrets ?? [])).toEqual(theirs);
      expect(found?.lru).toEqual(lru);
      for (const [index, secret] of Object.entries(theirs))
        expect(secrets?.ownerOf(secret)).toMatchObject({ userId: user_id, file, index: Number(index) });
    }
    expect(secrets?.of('1795397431.64.1')).toBeNull();
    expect(secrets?.ownerOf("it's")).toBeNull();
  });

  it('of a wiki that was moved: the users are not known, one warning says what setting to give, and nothing is refused', async () => {
    const warned = warnings();
    const { data, expected, now } = movedWiki('/where/it/was/data/user');
    const store = new MoinStore(data);
    const found = await detailsIn(store, now);
    await detailsIn(store, now);
    for (const { file, user_id } of expected.sessions) {
      const { kind, userId, userName, state } = found.get(idOf(file)) as SessionDetail;
      const unknown = user_id === null ? { kind: 'anonymous', userId: null } : { kind: 'user', userId: '?' };
      expect({ kind, userId }, file).toEqual(unknown);
      expect(userName).toBe(userId);
      expect(state).not.toBe('refused');
    }
    expect(warned()).toEqual([expect.stringMatching(/wiki was moved: give its setting 'user_dir'/)]);
  });

  it('with a setting user_dir that fits nothing: the warning names it, and not the move', async () => {
    const warned = warnings();
    const { data, now } = movedWiki('/where/it/was/data/user');
    await detailsIn(new MoinStore(data, { user_dir: '/wrong/user' }), now);
    expect(warned()).toEqual([
      expect.stringMatching(/are not known, because the setting user_dir, \/wrong\/user, fits none of them/),
    ]);
    expect(warned()[0]).not.toContain('was moved');
  });

  it.each(['/where/it/was/data/user', '/where/it/was/data/user/'])(
    'user_dir with and without a slash at the end: %s',
    async (user_dir) => {
      const warned = warnings();
      for (const old of ['/where/it/was/data/user', '/where/it/was/data/user/'])
        await detailsIn(new MoinStore(movedWiki(old).data, { user_dir }));
      expect(warned()).toEqual([]);
    },
  );

  it('of a wiki that was moved, with the setting user_dir: everything is known', async () => {
    const warned = warnings();
    const { data, expected, now } = movedWiki('/where/it/was/data/user');
    const settings: WikiSettings = { user_dir: '/where/it/was/data/user' };
    const found = await detailsIn(new MoinStore(data, settings), now);
    for (const { file, user_id, user_name } of expected.sessions)
      expect(found.get(idOf(file)), file).toMatchObject({ userId: user_id, userName: user_name });
    expect(warned()).toEqual([]);
  });

  it('of a user who is gone, where others are known: the sessions are refused', async () => {
    const warned = warnings();
    const wiki = new NewWiki('1.6');
    wiki.user(ALICE, { name: 'alice' });
    wiki.secrets(ALICE, ['secret-of-alice']);
    const file = wiki.secrets(BOB, ['secret-of-bob']).split('/').at(-1) as string;
    const content = { trail: ['Page'], expires: Date.now() / 1000 + 7200 };
    const [alices, bobs] = [wiki.session('secret-of-alice', content), wiki.session('secret-of-bob', content)];
    const store = new MoinStore(wiki.data);
    const found = await detailsIn(store);
    expect(found.get(alices)).toMatchObject({ userId: ALICE, userName: 'alice', state: 'active' });
    const userId = `?${file.slice(0, 8)}`;
    expect(found.get(bobs)).toMatchObject({ kind: 'user', userId, userName: userId, state: 'refused' });
    const lookup = new SessionLookup({ store, users: store.users ?? undefined, clock: Date.now });
    expect((await lookup.get(bobs))?.refused).toMatch(/its user is gone/);
    expect(warned()).toEqual([]);
  });

  it('without a session file are logins, too: they are listed with no bytes, and found', async () => {
    const wiki = new NewWiki('1.6');
    wiki.user(ALICE, { name: 'alice' });
    wiki.secrets(ALICE, ['with-a-file', 'without-a-file']);
    wiki.session('with-a-file', { a: 1n });
    const store = new MoinStore(wiki.data);
    const id = idOf('without-a-file');
    const login = {
      kind: 'user',
      userName: 'alice',
      method: 'moin_login',
      state: 'active',
      cookieExpires: null,
      expires: null,
      bytes: 0,
      data: {},
    };
    expect((await detailsIn(store)).get(id)).toMatchObject(login);
    expect((await detailsIn(store)).size).toBe(2);
    const again = new MoinStore(wiki.data);
    expect(await again.find(id)).toEqual(await store.find(id));
    expect(await again.reveal(id)).toMatch(/ussc\/[0-9a-f]{40}$/);
    const ofAlice: string[] = [];
    for await (const entry of again.findByUser(ALICE)) ofAlice.push(entry.id);
    expect(ofAlice.sort()).toEqual([id, idOf('with-a-file')].sort());
  });

  it('a new login and a logout are seen', async () => {
    const wiki = new NewWiki('1.6');
    wiki.user(ALICE, { name: 'alice' });
    const id = wiki.session('name', { a: 1n });
    const store = new MoinStore(wiki.data);
    expect((await store.find(id))?.kind).toBe('anonymous');
    wiki.secrets(ALICE, ['name']);
    expect((await store.find(id))?.user?.name).toBe('alice');
    wiki.secrets(ALICE, []);
    expect((await store.find(id))?.kind).toBe('anonymous');
  });

  it('I4: a file of secrets that cannot be read harms itself alone, and is warned of', async () => {
    const warned = warnings();
    const wiki = new NewWiki('1.6');
    wiki.user(ALICE, { name: 'alice' });
    wiki.user(BOB, { name: 'bob' });
    wiki.secrets(ALICE, ['alices']);
    writeFileSync(wiki.secrets(BOB, ['bobs']), 'cos\nsystem\n(S"true"\ntR.');
    const [alices, bobs] = [wiki.session('alices', { a: 1n }), wiki.session('bobs', { a: 1n })];
    const store = new MoinStore(wiki.data);
    const found = await detailsIn(store);
    await detailsIn(store);
    expect(found.get(alices)?.userName).toBe('alice');
    expect(found.get(bobs)?.kind).toBe('anonymous');
    expect(warned()).toEqual([expect.stringMatching(/cannot be read .*GLOBAL/)]);
    expect(() => store.userSecrets?.of(BOB)).toThrow(/cannot read the secrets in .*GLOBAL/);
  });

  it('I6: a secret that is no name of a file leads nowhere', async () => {
    const wiki = new NewWiki('1.6');
    wiki.user(ALICE, { name: 'alice' });
    writeFileSync(join(wiki.data, 'cache/__common__/outside'), writePickle(dictOf({ stolen: 1n })));
    wiki.secrets(ALICE, ['../outside', '/etc/passwd', '.', '..', '', 'a\0b', 'x'.repeat(256), 'good']);
    const found = await detailsIn(new MoinStore(wiki.data));
    expect([...found.keys()]).toEqual([idOf('good')]);
  });

  it('a link in the folder of secrets is not followed, and other files and folders are no secrets', async () => {
    const warned = warnings();
    const wiki = new NewWiki('1.6');
    wiki.user(ALICE, { name: 'alice' });
    const path = wiki.secrets(ALICE, ['name']);
    const elsewhere = join(wiki.data, 'elsewhere');
    renameSync(path, elsewhere);
    symlinkSync(elsewhere, path);
    mkdirSync(join(wiki.secretsDir, '__lock__'));
    mkdirSync(join(wiki.secretsDir, 'a'.repeat(40)));
    writeFileSync(join(wiki.secretsDir, 'README'), 'nothing');
    expect(await detailsIn(new MoinStore(wiki.data))).toEqual(new Map());
    expect(warned()).toEqual([expect.stringMatching(/symbolic link/)]);
  });

  it.each([
    ['a list', ['a']],
    ['a tuple of three', new PyTuple([dictOf({}), [], 1n])],
    ['a dict', dictOf({ a: PyBytes.from('x') })],
  ])('%s are no secrets', async (_, value) => {
    const warned = warnings();
    const wiki = new NewWiki('1.6');
    wiki.user(ALICE, { name: 'alice' });
    writeFileSync(wiki.secrets(ALICE, []), writePickle(value));
    expect(await detailsIn(new MoinStore(wiki.data))).toEqual(new Map());
    expect(warned()).toEqual([expect.stringMatching(/no pair of secrets and their order/)]);
  });

  it('a wiki without its folder of secrets has none, and one without users tells no names', async () => {
    warnings();
    const wiki = new NewWiki('1.6');
    const id = wiki.session('name', { a: 1n });
    wiki.secrets(ALICE, ['name']);
    rmSync(wiki.userDir, { recursive: true });
    const store = new MoinStore(wiki.data);
    expect(store.users).toBeNull();
    expect((await detailsIn(store)).get(id)).toMatchObject({ userId: '?', state: 'active' });
    rmSync(wiki.secretsDir, { recursive: true });
    expect((await detailsIn(new MoinStore(wiki.data))).get(id)?.kind).toBe('anonymous');
  });

  it('of many known ids, one file is looked at for each, and not all', async () => {
    const wiki = new NewWiki('1.6');
    const ids: string[] = [];
    for (let at = 0; at < 300; at++) {
      const name = `secret-of-user-${at}`;
      wiki.secrets(`${1795397431 + at}.64.1`, [name]);
      wiki.user(`${1795397431 + at}.64.1`, { name: `User${at}` });
      ids.push(wiki.session(name, { expires: 4e9 }));
    }
    const store = new MoinStore(wiki.data);
    await store.find(ids[0] as string);
    const renew = vi.spyOn(WikiSecrets.prototype, 'renew');
    onTestFinished(() => renew.mockRestore());
    for (const id of ids) expect((await store.find(id))?.user?.name).toMatch(/^User/);
    expect(renew).not.toHaveBeenCalled();
  });
});
