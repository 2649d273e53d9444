import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DAY, HOUR } from '../../../base/clock.js';
import { lateCrypto } from '../../../base/late-crypto.js';
import { CookieSigner } from '../../../session/cookie/signer.js';
import { idOf } from '../../../session/cookie/token.js';
import { storeOpener } from '../../../store/open.js';
import { sampleAudit } from './audit.js';
import { PEOPLE, type Person } from './people.js';
import { type SampleSession, sampleSessions, tokenOf } from './sessions.js';

/** Known to all: what they sign is worth nothing, so they may lie in a folder that others find. */
const SECRETS = [
  'the first secret of the sample wiki, known to all: never use it',
  'the secret that the sample wiki had before, still good for verifying',
] as const;

const CONFIGURATION = {
  store: 'store',
  users: 'users.json',
  audit: 'audit.log',
  auth: ['moin_login', 'http_basic', 'moin_session', 'moin_anon_session'],
  secrets: SECRETS,
  cookieLifetime: 12,
  anonymousCookieLifetime: 24,
  superuser: ['AdminUser'],
  rememberClient: ['address', 'userAgent', 'url'],
};

/**
 * Makes the configuration, users, sessions, cookies and audit log of a small wiki in a folder. Nothing is random: the same
 * moment gives the same files.
 * @param now the moment at which the site looks alive, in ms
 * @param far when the cookies of active sessions expire, in ms. Default: 12 hours after they were seen
 */
export async function makeSampleSite(folder: string, now: number, far?: number): Promise<void> {
  const mode = { mode: 0o600 };
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text, mode);
  write('moin-sessions.config.json', `${JSON.stringify(CONFIGURATION, null, 2)}\n`);
  const users = PEOPLE.map((person, index) => storedUser(person, now - (900 - 37 * index) * DAY));
  write('users.json', `${JSON.stringify({ version: 1, users }, null, 2)}\n`);
  const sessions = sampleSessions(now, far);
  write('audit.log', sampleAudit(sessions, now));
  await keep(sessions, join(folder, 'store'));
  writeBroken(join(folder, 'store'));
  mkdirSync(join(folder, 'cookies'), { recursive: true, mode: 0o700 });
  for (const [name, value] of sampleCookies()) write(`cookies/${name}.txt`, `MOIN_SESSION=${value}\n`);
}

function storedUser({ id, name, password, disabled = false }: Person, created: number): object {
  const { createHash, scryptSync } = lateCrypto();
  const salt = createHash('sha256').update(`salt of ${id}`).digest().subarray(0, 16);
  const key = scryptSync(password.normalize('NFC'), salt, 32, { N: 2 ** 14, r: 8, p: 1 });
  const encode = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  const hash = `$scrypt$ln=14,r=8,p=1$${encode(salt)}$${encode(key)}`;
  return { id, name, password: hash, disabled, created };
}

/** Each record is written once, so that its file is one line. */
async function keep(sessions: readonly SampleSession[], folder: string): Promise<void> {
  const store = await storeOpener(folder, {})();
  for (const { record, loggedOutAt: at } of sessions) {
    if ((await store.create(record)) !== 'created') throw new Error(`there are two sessions ${record.id}`);
    if (at !== undefined)
      await store.delete(record.id, { tombstone: { reason: 'logout', at, until: at + HOUR } });
  }
  await store.close();
}

/** The first half of a record, as a copy on a full disk leaves it. */
function writeBroken(store: string): void {
  const id = idOf(tokenOf('broken'));
  mkdirSync(join(store, id.slice(0, 2)), { recursive: true, mode: 0o700 });
  const half = `{"version":1,"id":"${id}","kind":"user","user":{"id":"u-k`;
  writeFileSync(join(store, id.slice(0, 2), `${id}.json`), half, { mode: 0o600 });
}

/** Names and values of cookies, one for each fate that a cookie may have. */
function sampleCookies(): [name: string, value: string][] {
  const signer = signerOf(...SECRETS);
  const user = (label: string) => signer.sign('user', tokenOf(label));
  const anonymous = signer.sign('anon', tokenOf('visitor 2 active'));
  const good = user('u-juergen active');
  return [
    ['good', good],
    ['anonymous', anonymous],
    ['anonymous-new', signer.sign('anon', tokenOf('nothing stored'))],
    ['old-secret', signerOf(SECRETS[1]).sign('user', tokenOf('u-sakura active'))],
    ['tampered', anonymous.replace('anon.', 'user.')],
    ['malformed', good.slice(0, 60)],
    ['other-site', signerOf('a secret of some other wiki, 32 bytes').sign('user', tokenOf('u-zoe active'))],
    ['expired', user('u-kostas long ago')],
    ['grace', user('grace 0')],
    ['logged-out', user('logged out')],
    ['purged', user('purged years ago')],
    ['ended-by-administrator', user('ended by administrator')],
    ['evicted', user('evicted')],
    ['disabled-user', user('u-gone active')],
    ['broken', user('broken')],
  ];
}

function signerOf(...secrets: readonly string[]): CookieSigner {
  return new CookieSigner(
    'MOIN_SESSION',
    secrets.map((secret) => Buffer.from(secret)),
  );
}
