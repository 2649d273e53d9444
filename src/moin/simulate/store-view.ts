import { withRemedy } from '../../disk/fault.js';
import { faultOfFile, WikiFolder } from '../files/folder.js';
import type { FileName } from '../files/names.js';
import { findLayout, type Layout } from '../layout.js';
import { PickleError } from '../pickle/error.js';
import { pyToJson } from '../pickle/json.js';
import { readPickle } from '../pickle/read.js';
import { PyBytes, PyDict, PyTuple, type PyValue } from '../pickle/values.js';
import { readSession } from '../read/record.js';
import { knownUserDirs } from '../secrets/user-dirs.js';
import type { MoinStore } from '../store.js';
import { UNKNOWN_USER_ID } from '../users/user.js';
import { userWithoutFile } from '../users/user-file.js';
import type { GivenSettings, SessionValues, SessionView, WikiView } from './view.js';

/** The opcodes by which a pickle runs or makes something. */
const CODE = /^(?:GLOBAL|STACK_GLOBAL|INST|OBJ|NEWOBJ|NEWOBJ_EX|REDUCE|BUILD|EXT[124]|PERSID|BINPERSID)$/;
/** Keys of expiry and identity, which are no values. */
const OWN_KEYS: Readonly<Record<Layout, readonly string[]>> = {
  '1.6': ['expires'],
  '1.9': ['expires', 'user.id', 'user.auth_method', 'user.auth_attribs'],
};

/** The wiki in a store, as a simulation looks at it. @throws StoreError when there is none */
export function viewOf(store: MoinStore): WikiView {
  const { layout, users, userSecrets: secrets, settings } = store;
  const folders = findLayout(store.location.slice('moin:'.length));
  const { sessionDir } = folders;
  const known = new Set(knownUserDirs({ userDir: users?.dir ?? folders.userDir }, settings));
  const folder = new WikiFolder(sessionDir);
  const ownersNow = () => {
    secrets?.renew();
    return secrets?.all() ?? new Map();
  };
  return {
    layout,
    // `checkSettings` has left out those that are null.
    settings: settings as GivenSettings,
    hasUsers: users !== null,
    session: (name) =>
      withRemedy(`cannot read the sessions of the wiki in ${sessionDir}`, () =>
        sessionIn(folder, name, layout),
      ),
    names: () => withRemedy(`cannot read the sessions of the wiki in ${sessionDir}`, () => folder.names()),
    user: (id) => (users === null ? userWithoutFile(id) : id === UNKNOWN_USER_ID ? null : users.byId(id)),
    secretsOf: (userId) => {
      const found = secrets?.of(userId) ?? null;
      return found && { ...found, guessedDir: known.has(found.userDir) ? null : found.userDir };
    },
    ownerOf: (name) => ownersNow().get(name)?.userId ?? null,
    isMoved: () => [...ownersNow().values()].some(({ userId }) => userId === UNKNOWN_USER_ID),
  };
}

function sessionIn(folder: WikiFolder, name: FileName, layout: Layout): SessionView {
  try {
    const file = folder.read(name);
    if (file !== null) return sessionOf(file.bytes, layout);
    return folder.statsOf(name) === null
      ? { status: 'none' }
      : { status: 'withheld', why: 'a folder has its name' };
  } catch (error) {
    const why = faultOfFile(error);
    if (why === null) throw error;
    // MoinMoin may take what is refused here: a link, a large file, a call.
    const isDamaged = error instanceof PickleError && !CODE.test(error.opcode ?? '');
    return { status: isDamaged ? 'broken' : 'withheld', why };
  }
}

function sessionOf(bytes: Uint8Array, layout: Layout): SessionView {
  if (bytes.length === 0) return { status: 'broken', why: 'it is empty' };
  const value = readPickle(bytes);
  const dict = value instanceof PyDict ? value : layout === '1.9' ? dictOfPairs(bytes, value) : null;
  if (dict === null) return { status: 'no-dict', what: typeOf(value) };
  return { status: 'read', values: valuesOf(dict, layout) };
}

/** MoinMoin 1.9 takes a list of pairs. */
function dictOfPairs(bytes: Uint8Array, value: PyValue): PyDict | null {
  if (!Array.isArray(value)) return null;
  try {
    return readSession(bytes);
  } catch (error) {
    if (error instanceof PickleError) return null;
    throw error;
  }
}

function valuesOf(dict: PyDict, layout: Layout): SessionValues {
  const data = new PyDict(dict.entries);
  for (const key of OWN_KEYS[layout]) data.delete(key);
  const setuid = dict.get('setuid');
  return {
    expires: secondsOf(dict.get('expires')),
    userId: layout === '1.6' ? null : textOf(dict.get('user.id')),
    authMethod: layout === '1.6' ? null : textOf(dict.get('user.auth_method')),
    setuid: setuid === null ? null : textOf(setuid),
    keys: Object.keys(pyToJson(data) as object),
  };
}

function secondsOf(value: PyValue | undefined): number | null {
  if (typeof value === 'number') return Number.isNaN(value) ? null : value;
  return typeof value === 'bigint' || typeof value === 'boolean' ? Number(value) : null;
}

/** Null without a value; empty for one that is no text. */
function textOf(value: PyValue | undefined): string | null {
  if (value === undefined) return null;
  if (typeof value === 'string') return value;
  return (value instanceof PyBytes ? value.text : null) ?? '';
}

function typeOf(value: PyValue): string {
  if (value === null) return 'None';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof PyTuple) return 'a tuple';
  if (value instanceof PyBytes || typeof value === 'string') return 'a text';
  return typeof value === 'boolean' ? 'a truth value' : 'a number';
}
