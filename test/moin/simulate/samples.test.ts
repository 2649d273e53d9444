import { beforeEach, describe, expect, it } from 'vitest';
import { idOfName } from '../../../src/moin/files/names.js';
import { simulateWiki } from '../../../src/moin/simulate/simulate.js';
import { viewOf } from '../../../src/moin/simulate/store-view.js';
import type { GivenSettings, WikiView } from '../../../src/moin/simulate/view.js';
import { MoinStore } from '../../../src/moin/store.js';
import { snapshot } from '../../aid/folder.js';
import { type SampleWiki, unpackWiki } from '../../aid/moin/wikis.js';

const open = ({ dir }: SampleWiki, settings: GivenSettings): WikiView =>
  viewOf(new MoinStore(dir, settings, { readOnly: true }));
/** The last cookie that a client of 1.6 got. */
interface Cookie16 {
  how_made: string;
  status: 'live' | 'evicted' | 'logged out';
  set_cookie_header: string;
  cookie_value: string;
  session_key: string;
  user_name_shown: string | null;
  session_file_exists: boolean;
}

describe('spec 8: every cookie of the sample wiki of 1.6', () => {
  let wiki: SampleWiki;
  let cookies: Cookie16[];
  beforeEach(() => {
    wiki = unpackWiki('1.6');
    cookies = wiki.expected.cookies as unknown as Cookie16[];
  });
  const settingsOf = ({ expected }: SampleWiki) => ({
    user_dir: expected.user_dir_at_generation,
    superuser: expected.superuser,
    anonymous_cookie_lifetime: 1,
  });

  it('gives the user whom the server itself showed, and one that was ended gives nobody', () => {
    const view = open(wiki, settingsOf(wiki));
    expect(cookies).toHaveLength(79);
    const found = cookies.map(({ set_cookie_header }) => {
      const cookie = set_cookie_header.split('; ', 1)[0];
      return simulateWiki(view, { cookie, url: null, secure: false, now: wiki.now }).request;
    });
    const names = found.map(({ user }) => user?.name ?? null);
    expect(names).toEqual(
      cookies.map(({ status, user_name_shown }) => (status === 'live' ? user_name_shown : null)),
    );
    const ids = found.map(({ cookies: [cookie] }) => cookie?.sessionId);
    expect(ids).toEqual(
      cookies.map(({ status, session_key }) =>
        status === 'live' ? idOfName(Buffer.from(session_key).toString('latin1')) : null,
      ),
    );
    const reasons = found.map(({ steps }) => steps[1]?.reason);
    const count = (reason: string) => reasons.filter((one) => one === reason).length;
    expect({
      restored: count('restored'),
      visitors: count('anonymous-restored') + count('anonymous-new'),
      pushedOut: count('bad-signature'),
      loggedOut: count('refused-unknown'),
    }).toEqual({ restored: 46, visitors: 29, pushedOut: 3, loggedOut: 1 });
  });

  it('whether it is quoted or not', () => {
    const view = open(wiki, settingsOf(wiki));
    const plain = cookies.filter(({ cookie_value }) => !/[^\w:=.-]/.test(cookie_value));
    expect(plain.length).toBeGreaterThan(70);
    for (const { cookie_value, status, user_name_shown, how_made } of plain) {
      const cookie = `MOIN_SESSION=${cookie_value}`;
      const { user } = simulateWiki(view, { cookie, url: null, secure: false, now: wiki.now }).request;
      expect(user?.name ?? null, how_made).toBe(status === 'live' ? user_name_shown : null);
    }
  });

  it('after the time in the cookie: nobody', () => {
    const view = open(wiki, settingsOf(wiki));
    const signed = cookies.filter(
      ({ status, cookie_value }) => status === 'live' && cookie_value.includes(':'),
    );
    for (const { set_cookie_header } of signed) {
      const cookie = set_cookie_header.split('; ', 1)[0];
      const { request } = simulateWiki(view, { cookie, url: null, secure: false, now: 2_200_000_000_000 });
      expect(request).toMatchObject({ user: null, steps: [{}, { reason: 'refused-expired' }, {}] });
    }
  });

  it('nothing is written', () => {
    const before = snapshot(wiki.dir);
    const view = open(wiki, settingsOf(wiki));
    for (const { set_cookie_header: cookie } of cookies)
      simulateWiki(view, { cookie: cookie.split('; ', 1)[0], url: null, secure: false, now: wiki.now });
    expect(snapshot(wiki.dir)).toEqual(before);
  });
});

describe('spec 8: every session of the sample wiki of 1.9 as a cookie', () => {
  let wiki: SampleWiki;
  beforeEach(() => {
    wiki = unpackWiki('1.9');
  });
  type Session19 = {
    file: string;
    effective_user_name: string | null;
    user_with_auth_list_MoinAuth_only: string | null;
    expires_minus_generated_at_s: number | null;
    decoded: Record<string, unknown>;
  };

  it.each<[keyof Session19, GivenSettings]>([
    ['user_with_auth_list_MoinAuth_only', {}],
    ['user_with_auth_list_MoinAuth_only', { auth: ['moin'] }],
    ['effective_user_name', { auth: ['moin', 'given', 'ldapish'] }],
  ])('gives %s with %j, and nobody once its time is over', (key, settings) => {
    const { expected, now } = wiki;
    const view = open(wiki, { superuser: expected.superuser, ...settings });
    const sessions = expected.sessions as unknown as Session19[];
    expect(sessions).toHaveLength(63);
    const found = sessions.map(({ file }) => {
      const cookie = `MOIN_SESSION_8095_ROOT=${file}`;
      return simulateWiki(view, { cookie, url: null, secure: false, now }).request;
    });
    const isOver = ({ expires_minus_generated_at_s: left }: Session19) => left !== null && left < 0;
    expect(sessions.filter(isOver)).toHaveLength(6);
    expect(found.map(({ user }) => user?.name ?? null)).toEqual(
      sessions.map((session) => (isOver(session) ? null : session[key])),
    );
    expect(found.map(({ cookies: [cookie] }) => cookie?.sessionId)).toEqual(
      sessions.map(({ file }) => idOfName(file)),
    );
  });

  it('a change of user falls with the superuser', () => {
    const view = open(wiki, { superuser: ['Somebody'] });
    const acting = (wiki.expected.sessions as unknown as Session19[]).filter(({ decoded }) => decoded.setuid);
    expect(acting).toHaveLength(2);
    for (const { file } of acting) {
      const cookie = `MOIN_SESSION_8095_ROOT=${file}`;
      const { request } = simulateWiki(view, { cookie, url: null, secure: false, now: wiki.now });
      expect(request.user?.name).toBe('AdminUser');
    }
  });
});
