import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import type { Layout } from '../../../src/moin/layout.js';
import { simulateWiki } from '../../../src/moin/simulate/simulate.js';
import { viewOf } from '../../../src/moin/simulate/store-view.js';
import type { GivenSettings, WikiView } from '../../../src/moin/simulate/view.js';
import { MoinStore } from '../../../src/moin/store.js';
import { type SampleWiki, unpackWiki } from '../../aid/moin/wikis.js';

const NAME = 'f'.repeat(40);
let wikis: Record<Layout, SampleWiki>;
beforeEach(() => {
  wikis = { '1.6': unpackWiki('1.6'), '1.9': unpackWiki('1.9') };
});
const open = (layout: Layout, settings: GivenSettings = {}): WikiView =>
  viewOf(new MoinStore(wikis[layout].dir, settings, { readOnly: true }));
/** What stands under a name after these bytes were put there. */
function stored(layout: Layout, bytes: string) {
  writeFileSync(join(wikis[layout].sessionDir, NAME), Buffer.from(bytes, 'latin1'));
  return open(layout).session(NAME);
}
const cookieOf = (who: string) =>
  String(wikis['1.6'].expected.cookies?.find((one) => one.user_name_shown === who)?.set_cookie_header).split(
    '; ',
    1,
  )[0];
const send = (view: WikiView, cookie: string | undefined) =>
  simulateWiki(view, { cookie, url: null, secure: false, now: wikis['1.6'].now }).request;
const usscOf = ({ data }: SampleWiki) => join(data, 'cache/__common__/ussc');

describe('spec 8: a session file as simulate looks at it', () => {
  it('expiry, user, method, change of user, and the keys of the values', () => {
    const session = wikis['1.9'].expected.sessions.find(({ decoded }) => decoded.setuid !== undefined);
    expect(open('1.9').session(session?.file ?? '')).toEqual({
      status: 'read',
      values: {
        expires: session?.decoded.expires,
        userId: session?.user_id,
        authMethod: 'moin',
        setuid: session?.decoded.setuid,
        keys: expect.arrayContaining(['setuid', 'trail']),
      },
    });
  });

  it('in 1.6 no key names a user', () => {
    expect(stored('1.6', '\x80\x02}(U\x07user.idU\x01xU\x07expiresG\x41\xd0\0\0\0\0\0\0u.')).toEqual({
      status: 'read',
      values: { expires: 1_073_741_824, userId: null, authMethod: null, setuid: null, keys: ['user.id'] },
    });
  });

  it.each<[Layout, string, string, object]>([
    ['1.9', 'nothing', '', { status: 'broken' }],
    ['1.9', 'a pickle that is cut off', '\x80\x02}(U\x04te', { status: 'broken' }],
    [
      '1.9',
      'a call',
      "cos\nsystem\n(S'true'\ntR.",
      { status: 'withheld', why: expect.stringContaining('GLOBAL') },
    ],
    ['1.6', 'an instance', '(ios\nsystem\n.', { status: 'withheld', why: expect.stringContaining('INST') }],
    ['1.9', 'more than a megabyte', `\x80\x02${'0'.repeat(1024 * 1024)}`, { status: 'withheld' }],
    ['1.9', 'a tuple', '\x80\x02).', { status: 'no-dict', what: 'a tuple' }],
    ['1.9', 'None', 'N.', { status: 'no-dict', what: 'None' }],
    ['1.9', 'a number', 'K\x05.', { status: 'no-dict', what: 'a number' }],
    ['1.9', 'a list of no pairs', '(lK\x05a.', { status: 'no-dict', what: 'a list' }],
    ['1.9', 'a list of pairs', '](U\x01aK\x01\x86e.', { status: 'read', values: { keys: ['a'] } }],
    ['1.6', 'a list of pairs', '](U\x01aK\x01\x86e.', { status: 'no-dict' }],
    [
      '1.9',
      'a user without a method',
      '}U\x07user.idU\x01xs.',
      { status: 'read', values: { userId: 'x', authMethod: null } },
    ],
    ['1.9', 'keys of a prototype', '}U\x09__proto__N s.'.replace(' ', ''), { status: 'read' }],
  ])('%s: %s', (layout, _what, bytes, found) => expect(stored(layout, bytes)).toMatchObject(found));

  it('a link and a folder in its place are not followed, and a pipe is not waited at', () => {
    const { sessionDir } = wikis['1.9'];
    symlinkSync(join(sessionDir, readdirSync(sessionDir)[0] ?? ''), join(sessionDir, NAME));
    mkdirSync(join(sessionDir, 'e'.repeat(40)));
    if (process.platform !== 'win32') execFileSync('mkfifo', [join(sessionDir, 'd'.repeat(40))]);
    const view = open('1.9');
    expect(view.session(NAME)).toMatchObject({ status: 'withheld', why: expect.stringContaining('link') });
    expect(view.session('e'.repeat(40))).toMatchObject({ status: 'withheld' });
    if (process.platform !== 'win32') expect(view.session('d'.repeat(40)).status).toBe('withheld');
    expect(view.session('9'.repeat(40))).toEqual({ status: 'none' });
  });
});

describe('spec 8: users and secrets of 1.6 as simulate looks at them', () => {
  const settings = { user_dir: '/srv/wiki/data/user', anonymous_cookie_lifetime: 1 };

  it('a file of secrets that is damaged', () => {
    const ussc = usscOf(wikis['1.6']);
    for (const name of readdirSync(ussc)) writeFileSync(join(ussc, name), 'torn');
    const view = open('1.6', settings);
    expect(() => view.secretsOf('1795397431.63.53991')).toThrow(StoreError);
    expect(send(view, cookieOf('JaneDoe'))).toMatchObject({
      user: null,
      steps: [{}, { reason: 'refused-unknown', text: expect.stringContaining('cannot be read') }, {}],
    });
  });

  it('a wiki that was moved: the setting is named, and helps', () => {
    const wiki = wikis['1.6'];
    for (const { id } of wiki.expected.users) {
      const nameIn = (dir: string) =>
        join(
          usscOf(wiki),
          createHash('sha1')
            .update(id + dir)
            .digest('hex'),
        );
      if (wiki.expected.ussc?.some(({ user_id }) => user_id === id))
        renameSync(nameIn('/srv/wiki/data/user'), nameIn('/elsewhere/data/user'));
    }
    expect(open('1.6', settings).isMoved()).toBe(true);
    expect(send(open('1.6', settings), cookieOf('JaneDoe'))).toMatchObject({
      user: null,
      steps: [{}, { reason: 'refused-unknown', text: expect.stringContaining('user_dir=PATH') }, {}],
    });
    const found = open('1.6', { user_dir: '/elsewhere/data/user' });
    expect(found.isMoved()).toBe(false);
    expect(send(found, cookieOf('JaneDoe')).user?.name).toBe('JaneDoe');
  });

  it('a path of the users that was only guessed is noted, unless a setting names it', () => {
    const guess = expect.stringMatching(
      /whose user_dir is \/srv\/wiki\/data\/user, .* logs nobody in by them/,
    );
    const told = (more: object) => {
      const request = { cookie: cookieOf('JaneDoe'), url: null, secure: false, now: wikis['1.6'].now };
      const { request: result, notes } = simulateWiki(open('1.6', { ...settings, ...more }), request);
      expect(result.user?.name).toBe('JaneDoe');
      return notes;
    };
    expect(told({ user_dir: undefined })).toContainEqual(guess);
    expect(told({ user_dir: '/elsewhere' })).toContainEqual(guess);
    expect(told({ user_dir: '/srv/wiki/data/user' })).not.toContainEqual(guess);
    expect(told({ user_dir: '/srv/wiki/data/user/' })).not.toContainEqual(guess);
  });

  it('without files of secrets it was not moved: nobody has logged in', () => {
    rmSync(usscOf(wikis['1.6']), { recursive: true });
    mkdirSync(usscOf(wikis['1.6']));
    const view = open('1.6', settings);
    expect(view.isMoved()).toBe(false);
    expect(send(view, cookieOf('JaneDoe')).steps[1]?.text).toMatch(/JaneDoe has no file of secrets/);
  });

  it('without the folder of users every id counts', () => {
    rmSync(join(wikis['1.6'].data, 'user'), { recursive: true });
    const view = open('1.6', settings);
    expect(view.hasUsers).toBe(false);
    expect(send(view, cookieOf('JaneDoe')).user).toMatchObject({ name: '1795397431.63.53991' });
  });

  it('a secret as the name of a visitor', () => {
    const secret = wikis['1.6'].expected.sessions.find(({ user_name }) => user_name === 'JaneDoe')?.file;
    expect(open('1.6', settings).ownerOf(secret ?? '')).toBe('1795397431.63.53991');
    expect(send(open('1.6', settings), `MOIN_SESSION=${secret}`).steps[1]?.text).toMatch(
      /a secret of JaneDoe/,
    );
    expect(open('1.6', settings).ownerOf('attacker-chosen')).toBeNull();
  });

  it('an id that is none reads no file', () => {
    for (const id of ['../user/README', 'README', '', '\0', '?'])
      expect(open('1.6', settings).user(id), id).toBeNull();
  });
});
