import { createHmac } from 'node:crypto';
import { StoreError } from '../../../src/base/errors.js';
import type { WikiSimulation } from '../../../src/moin/simulate/course.js';
import { simulateWiki } from '../../../src/moin/simulate/simulate.js';
import type { GivenSettings, SessionView, WikiView } from '../../../src/moin/simulate/view.js';
import type { WikiUser } from '../../../src/moin/users/user.js';

/** 15 January 2027, 09:00:00 GMT, in ms. */
export const NOW = Date.UTC(2027, 0, 15, 9);

export interface FakeWiki {
  settings?: GivenSettings;
  /** By the name of the file. Values have the defaults of a visitor's session that ends in two hours. */
  sessions?: Record<string, Partial<Extract<SessionView, { status: 'read' }>['values']> | SessionView>;
  /** By id. */
  users?: Record<string, { name: string; disabled?: boolean; fields?: Record<string, string> }>;
  /** The secrets of a user by index, or `unreadable`. */
  secrets?: Record<string, Record<number, string> | 'unreadable'>;
  isMoved?: boolean;
  hasUsers?: boolean;
}

/** A wiki in memory. What is asked of it that is no plain file name fails the test. */
function wikiView(layout: WikiView['layout'], wiki: FakeWiki): WikiView {
  const { settings = {}, sessions = {}, users = {}, secrets = {}, isMoved = false, hasUsers = true } = wiki;
  return {
    layout,
    settings,
    hasUsers,
    isMoved: () => isMoved,
    session(name) {
      if (/[/\0]/.test(name) || name === '' || name.length > 245) throw new Error('no name to ask for');
      const found = Object.hasOwn(sessions, name) ? sessions[name] : undefined;
      if (found === undefined) return { status: 'none' };
      if ('status' in found) return found;
      const values = { expires: NOW / 1000 + 7200, userId: null, authMethod: null, setuid: null, keys: [] };
      return { status: 'read', values: { ...values, ...found } };
    },
    names: () => Object.keys(sessions),
    user(id) {
      const user = Object.hasOwn(users, id) ? users[id] : undefined;
      return user === undefined ? null : userOf(id, user);
    },
    secretsOf(userId) {
      const own = secrets[userId];
      if (own === undefined) return null;
      if (own === 'unreadable') throw new StoreError('cannot read the secrets');
      const byIndex = Object.entries(own).map(([index, secret]) => [Number(index), secret] as const);
      return { secrets: new Map(byIndex), lru: byIndex.map(([index]) => index) };
    },
    ownerOf: (name) =>
      Object.entries(secrets).find(([, own]) => Object.values(own).includes(name))?.[0] ?? null,
  };
}

function userOf(
  id: string,
  {
    name,
    disabled = false,
    fields = {},
  }: { name: string; disabled?: boolean; fields?: Record<string, string> },
): WikiUser {
  return { id, name, disabled, enc_password: '', fields: new Map(Object.entries(fields)) };
}

/** Sends a `Cookie` header to a wiki of 1.6 at `NOW`. */
export function to16(wiki: FakeWiki, cookie: string | string[], now = NOW): WikiSimulation {
  return simulateWiki(wikiView('1.6', wiki), { cookie, url: null, secure: false, now });
}

/** Sends a `Cookie` header to a wiki of 1.9 at `NOW`. */
export function to19(
  wiki: FakeWiki,
  cookie: string | string[],
  { now = NOW, url = null as string | null, secure = false } = {},
): WikiSimulation {
  const address = url === null ? null : new URL(url);
  return simulateWiki(wikiView('1.9', wiki), { cookie, url: address, secure, now });
}

interface SignedFields {
  id?: string;
  /** In seconds. */
  expires?: number | string;
  secidx?: number | string;
  secret?: string;
  /** Behind the hash. Default: made of the others. */
  body?: string;
}

/** A signed value of 1.6, as the server makes it. */
export function signedValue({
  id = '1795397431.63.53991',
  expires = NOW / 1000 + 3600,
  secidx = 7,
  secret = 'a-secret-of-sixteen',
  body = `username=:id=${Buffer.from(id).toString('base64')}:expires=${expires}:secidx=${secidx}`,
}: SignedFields = {}): string {
  return `${createHmac('md5', secret).update(body).digest('hex')}:${body}`;
}
