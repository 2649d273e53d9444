/**
 * Makes all files in this folder except its sources: `npm run sample-data`. Nothing is random, so a second run changes
 * nothing. Times are relative to NOW; give the command line `--at 2026-11-20T12:00:00Z` to see the data at that time.
 */
import { createHash, scryptSync } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { DAY, HOUR, MINUTE } from '../src/base/clock.js';
import { CookieSigner } from '../src/session/cookie/signer.js';
import { idOf } from '../src/session/cookie/token.js';
import { type Ending, endedRecord } from '../src/session/lifecycle/ended.js';
import type { SessionClient, SessionRecord } from '../src/store/contract.js';
import { FileStore } from '../src/store/file/store.js';
import { PEOPLE, type Person, VISITORS_PAGES } from './people.js';

const NOW = Date.UTC(2026, 10, 20, 12);
const FAR = Date.UTC(2099, 11, 31);
const SECRETS = [
  'the first secret of the sample wiki, known to all: never use it',
  'the secret that the sample wiki had before, still good for verifying',
];
const FOLDER = new URL('./', import.meta.url);
const STORE = new URL('store/', FOLDER);

const signer = new CookieSigner(
  'MOIN_SESSION',
  SECRETS.map((secret) => Buffer.from(secret)),
);
const store = new FileStore(STORE);

/** Browsers of people who are active: addresses are those for examples (RFC 5737, RFC 3849). */
const BROWSERS = [
  ['192.0.2.17', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
  [
    '2001:db8::7:1',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1',
  ],
  [
    '198.51.100.4',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0.0.0 Safari/537.36',
  ],
] as const;

interface Life {
  created: number;
  seen: number;
  cookieExpires: number;
  client?: SessionClient;
}

await main();

async function main(): Promise<void> {
  for (const made of [STORE, new URL('cookies/', FOLDER)]) rmSync(made, { recursive: true, force: true });
  mkdirSync(new URL('cookies/', FOLDER));
  writeJson('moin-sessions.config.json', config());
  writeJson('users.json', { version: 1, users: PEOPLE.map(storedUser) });
  await makeSessions();
  await makeSpecialOnes();
  writeBroken();
  writeCookies();
  await store.close();
  rmSync(new URL('lock', STORE), { force: true });
}

function config(): object {
  return {
    store: 'store',
    users: 'users.json',
    auth: ['moin_login', 'http_basic', 'moin_session', 'moin_anon_session'],
    secrets: SECRETS,
    cookieLifetime: 12,
    anonymousCookieLifetime: 24,
    superuser: ['AdminUser'],
    rememberClient: ['address', 'userAgent', 'url'],
  };
}

function storedUser({ id, name, password, disabled = false }: Person, index: number): object {
  const salt = createHash('sha256').update(`salt of ${id}`).digest().subarray(0, 16);
  const key = scryptSync(password.normalize('NFC'), salt, 32, { N: 2 ** 14, r: 8, p: 1 });
  const encode = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  const hash = `$scrypt$ln=14,r=8,p=1$${encode(salt)}$${encode(key)}`;
  return { id, name, password: hash, disabled, created: NOW - (900 - 37 * index) * DAY };
}

/** Sessions of users and visitors: active ones, some in their last hour, and many that nobody purged. */
async function makeSessions(): Promise<void> {
  for (const [index, person] of PEOPLE.entries()) {
    const seen = NOW - (3 + 17 * index) * MINUTE;
    await keep(
      `${person.id} active`,
      person,
      { created: seen - index * HOUR, seen, cookieExpires: FAR, client: clientOf(person, index) },
      index,
    );
    const last = NOW - (20 + 61 * index) * DAY;
    await keep(
      `${person.id} long ago`,
      person,
      { created: last - DAY, seen: last, cookieExpires: last + 12 * HOUR },
      2,
    );
  }
  for (let index = 0; index < 7; index++) {
    const seen = NOW - (1 + 11 * index) * MINUTE;
    await keep(`visitor ${index} active`, null, { created: seen - HOUR, seen, cookieExpires: FAR }, index);
    const last = NOW - (2 + 400 * index) * DAY;
    await keep(
      `visitor ${index} long ago`,
      null,
      { created: last, seen: last, cookieExpires: last + DAY },
      index,
    );
  }
}

/** The sessions of the cookie files, and sessions in their grace hour. */
async function makeSpecialOnes(): Promise<void> {
  const [, juergen, sakura, olga, avi] = PEOPLE as Person[] as [Person, Person, Person, Person, Person];
  for (const [index, person] of [juergen, sakura, null].entries()) {
    const cookieExpires = NOW - (10 + 20 * index) * MINUTE;
    const seen = cookieExpires - (person === null ? 24 : 12) * HOUR;
    await keep(`grace ${index}`, person, { created: seen - HOUR, seen, cookieExpires }, 3);
  }
  await keep('ended by administrator', olga, recently(4 * HOUR), 4);
  await end('ended by administrator', 3 * MINUTE, {
    by: 'administrator',
    reason: 'a lost laptop, ticket 4711',
  });
  await keep('evicted', avi, recently(30 * HOUR), 2);
  await end('evicted', 2 * HOUR, { by: 'limit' });
  await keep('logged out', sakura, recently(2 * HOUR), 2);
  const at = NOW - 25 * MINUTE;
  await store.delete(idOf(tokenOf('logged out')), { tombstone: { reason: 'logout', at, until: at + HOUR } });
}

function recently(ago: number): Life {
  return { created: NOW - ago - HOUR, seen: NOW - ago, cookieExpires: FAR };
}

async function keep(label: string, person: Person | null, life: Life, visits: number): Promise<void> {
  const user = person && {
    id: person.id,
    name: person.name,
    method: visits % 3 === 1 ? 'http_basic' : 'moin_login',
  };
  const record: SessionRecord = {
    version: 1,
    id: idOf(tokenOf(label)),
    kind: user === null ? 'anonymous' : 'user',
    user,
    ...life,
    expires: life.cookieExpires + HOUR,
    revision: 1,
    remember: life.cookieExpires === FAR && user !== null,
    ended: null,
    client: life.client ?? null,
    data: dataOf(person?.pages ?? VISITORS_PAGES, visits),
  };
  if ((await store.create(record)) !== 'created') throw new Error(`two sessions are labelled ${label}`);
  for (let visit = 0; visit < visits; visit++) await store.update(record.id, (current) => current);
}

function clientOf({ pages }: Person, index: number): SessionClient {
  const [address, userAgent] = BROWSERS[index % BROWSERS.length] as (typeof BROWSERS)[number];
  return { address, userAgent, url: encodeURI(`/wiki/${pages[0]}`) };
}

function dataOf(pages: readonly string[], visits: number): SessionRecord['data'] {
  const start = visits % pages.length;
  const trail = [...pages.slice(start), ...pages.slice(0, start)].slice(0, Math.max(1, visits));
  if (visits % 4 === 3)
    return { trail, test: 17 * visits, cart: { items: [{ sku: `moin-${visits}`, count: visits }] } };
  return visits % 2 === 0 ? { trail } : { trail, lang: 'de', test: visits };
}

async function end(label: string, ago: number, ending: Ending): Promise<void> {
  await store.update(idOf(tokenOf(label)), (current) => endedRecord(current, NOW - ago, ending));
}

/** The first half of a record, as a copy on a full disk leaves it. */
function writeBroken(): void {
  const id = idOf(tokenOf('broken'));
  mkdirSync(new URL(`${id.slice(0, 2)}/`, STORE), { recursive: true });
  writeFileSync(
    new URL(`${id.slice(0, 2)}/${id}.json`, STORE),
    `{"version":1,"id":"${id}","kind":"user","user":{"id":"u-k`,
  );
}

function writeCookies(): void {
  const anonymous = signer.sign('anon', tokenOf('visitor 2 active'));
  const good = signer.sign('user', tokenOf('u-juergen active'));
  writeCookie('good', good);
  writeCookie('anonymous', anonymous);
  writeCookie('anonymous-new', signer.sign('anon', tokenOf('nothing stored')));
  writeCookie('old-secret', otherSigner(SECRETS[1] as string).sign('user', tokenOf('u-sakura active')));
  writeCookie('tampered', anonymous.replace('anon.', 'user.'));
  writeCookie('malformed', good.slice(0, 60));
  writeCookie(
    'other-site',
    otherSigner('a secret of some other wiki, 32 bytes').sign('user', tokenOf('u-zoe active')),
  );
  writeCookie('expired', signer.sign('user', tokenOf('u-kostas long ago')));
  writeCookie('grace', signer.sign('user', tokenOf('grace 0')));
  writeCookie('logged-out', signer.sign('user', tokenOf('logged out')));
  writeCookie('purged', signer.sign('user', tokenOf('purged years ago')));
  writeCookie('ended-by-administrator', signer.sign('user', tokenOf('ended by administrator')));
  writeCookie('evicted', signer.sign('user', tokenOf('evicted')));
  writeCookie('disabled-user', signer.sign('user', tokenOf('u-gone active')));
  writeCookie('broken', signer.sign('user', tokenOf('broken')));
}

function otherSigner(secret: string): CookieSigner {
  return new CookieSigner('MOIN_SESSION', [Buffer.from(secret)]);
}

function writeCookie(name: string, value: string): void {
  writeFileSync(new URL(`cookies/${name}.txt`, FOLDER), `MOIN_SESSION=${value}\n`);
}

function writeJson(name: string, content: object): void {
  writeFileSync(new URL(name, FOLDER), `${JSON.stringify(content, null, 2)}\n`);
}

/** A token that has the form of a real one and is always the same. */
function tokenOf(label: string): string {
  return createHash('sha256').update(`moin-sessions sample: ${label}`).digest('base64url');
}
