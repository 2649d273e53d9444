import type { JsonObject } from '../../base/json.js';
import type { SessionOwner, SessionRecord } from '../../store/contract.js';
import { ALREADY, NEVER } from '../../store/session-record.js';
import type { Layout } from '../layout.js';
import { PickleError } from '../pickle/error.js';
import { pyToJson } from '../pickle/json.js';
import { readPickle } from '../pickle/read.js';
import { PyBytes, PyDict, PyTuple, type PyValue } from '../pickle/values.js';

/** What is known of a session apart from its file's bytes. */
export interface RecordContext {
  id: string;
  layout: Layout;
  /** The modification time of the file, in ms. */
  mtime: number;
  /** The user who owns the secret (1.6); null for none. */
  owner: SessionOwner | null;
  /** The name of a user whom the file itself names (1.9). */
  nameOf(userId: string): string;
}

/** MoinMoin 1.6 keeps a record this many seconds longer than its cookie. */
const HOUR = 3600;

const EXPIRES = 'expires';
const USER_ID = 'user.id';
const USER_METHOD = 'user.auth_method';
const USER_ATTRIBUTES = 'user.auth_attribs';

/** The dict in the bytes of a session file. @throws PickleError, whose message says why the bytes are no session; it quotes no data */
export function readSession(bytes: Uint8Array): PyDict {
  if (bytes.length === 0) throw new PickleError('it is empty');
  return dictOf(readPickle(bytes));
}

/** The record that a session file's dict makes. @throws PickleError for a value of the wrong type */
export function recordOf(dict: PyDict, context: RecordContext): SessionRecord {
  const { id, layout, mtime } = context;
  const user = layout === '1.9' ? ownerIn(dict, context) : context.owner;
  return {
    version: 1,
    id,
    kind: user === null ? 'anonymous' : 'user',
    user,
    created: mtime,
    seen: mtime,
    ...timesOf(dict.get(EXPIRES), layout),
    ...(isWrittenExpired(dict, context) && { cookieExpires: NEVER }),
    revision: 1,
    remember: false,
    ended: null,
    client: null,
    data: dataOf(dict, layout),
  };
}

/** The record of a login of which MoinMoin 1.6 has no file yet: it makes one when a second value is stored. */
export function recordWithoutFile(context: RecordContext): SessionRecord {
  return recordOf(new PyDict(), context);
}

/** MoinMoin 1.9 takes a list of pairs for a dict, too. */
function dictOf(value: PyValue): PyDict {
  if (value instanceof PyDict) return value;
  const pairs = Array.isArray(value) ? value.map(pairOf) : [null];
  if (!pairs.every((pair) => pair !== null)) throw new PickleError('it is no dict');
  try {
    return new PyDict(pairs);
  } catch {
    throw new PickleError('it is a list of pairs, and one of its keys can be no key of a dict');
  }
}

function pairOf(value: PyValue): readonly [PyValue, PyValue] | null {
  const items = value instanceof PyTuple ? value.items : Array.isArray(value) ? value : [];
  const [key, content] = items;
  return items.length === 2 && key !== undefined && content !== undefined ? [key, content] : null;
}

function ownerIn(dict: PyDict, { nameOf }: RecordContext): SessionOwner | null {
  const stored = dict.get(USER_ID);
  if (stored === undefined) return null;
  const id = textOf(stored);
  if (id === null) throw new PickleError(`its '${USER_ID}' is no text`);
  return { id, name: nameOf(id), method: textOf(dict.get(USER_METHOD)) ?? '?' };
}

function textOf(value: PyValue | undefined): string | null {
  if (typeof value === 'string') return value;
  return value instanceof PyBytes ? value.text : null;
}

/** Whether the cookie of a session may open it for ever, whatever a clean-up takes. */
export function opensForEver({ cookieExpires }: SessionRecord): boolean {
  return cookieExpires === NEVER;
}

/**
 * Whether the file of a login of 1.6 was written with an expiry in the past. Its cookie may open the session for long: a login keeps the
 * expiry of the visitor until the next request, and a secret that a request under way has brought back is good again.
 */
function isWrittenExpired(dict: PyDict, { layout, owner, mtime }: RecordContext): boolean {
  return layout === '1.6' && owner !== null && timesOf(dict.get(EXPIRES), layout).expires < mtime;
}

/**
 * When the cookie stops opening the session, and when the clean-up of that MoinMoin takes the file (docs/moinmoin.md, "What counts as expired"). A session of 1.9 without an expiry
 * opens for ever, and yet its clean-up takes it; that of 1.6 never does.
 */
export function timesOf(
  stored: PyValue | undefined,
  layout: Layout,
): Pick<SessionRecord, 'cookieExpires' | 'expires'> {
  if (stored === undefined) return { cookieExpires: NEVER, expires: layout === '1.9' ? ALREADY : NEVER };
  const seconds = typeof stored === 'boolean' || typeof stored === 'bigint' ? Number(stored) : stored;
  if (typeof seconds !== 'number' || Number.isNaN(seconds))
    throw new PickleError(`its '${EXPIRES}' is no number`);
  return {
    cookieExpires: milliseconds(layout === '1.9' ? seconds : seconds - HOUR),
    expires: milliseconds(seconds),
  };
}

/** Rounded up: a session has expired when the time is past its expiry. */
function milliseconds(seconds: number): number {
  return Math.min(NEVER, Math.max(ALREADY, Math.ceil(seconds * 1000)));
}

function dataOf(dict: PyDict, layout: Layout): JsonObject {
  const data = new PyDict(dict.entries);
  data.delete(EXPIRES);
  if (layout === '1.9') for (const key of [USER_ID, USER_METHOD, USER_ATTRIBUTES]) data.delete(key);
  return pyToJson(data) as JsonObject;
}
