import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  ConfigurationError,
  createSessions,
  defineConfig,
  FileUserDirectory,
  openStore,
  type SessionStore,
  type Sessions,
  type SessionsOptions,
} from 'moin-sessions';

/** The wiki's sessions and users, and the lines that it prints at its start. */
export interface Site {
  sessions: Sessions;
  users: FileUserDirectory;
  superuser: readonly string[];
  greeting: string[];
}

const SAMPLE_USERS = ['AdminUser', 'alice', 'Алёна'];
const EVERY_HOUR = 60 * 60 * 1000;

/** The configuration of a new wiki. Later its configuration file counts. Lifetimes are in hours. */
const DEFAULTS = defineConfig({
  users: 'users.json',
  cookieLifetime: 12,
  anonymousCookieLifetime: 24,
  superuser: ['AdminUser'],
  // For the page "Your sessions". It is personal data: a site with a privacy policy names it there.
  rememberClient: ['address', 'userAgent'],
});

/**
 * Opens a wiki. Writes `moin-sessions.config.json`, which the command line reads too, and a user file with sample users. Both
 * lie beside the sessions, or in `.moin-sessions` if the sessions are not in a folder.
 * @param where a folder, or any other address that `openStore` takes, such as `redis://HOST`
 * @param userFile a user file to use instead
 * @throws ConfigurationError; StoreError when the store is out of reach
 */
export async function openSite(where: string, userFile: string | undefined): Promise<Site> {
  const store = await openStore(where);
  try {
    return await openSiteOn(store, where, userFile);
  } catch (error) {
    // A connection that is open would keep the process alive.
    await store.close();
    throw error;
  }
}

async function openSiteOn(store: SessionStore, where: string, userFile: string | undefined): Promise<Site> {
  // Before the users: their password is shown once, by a wiki that starts.
  await store.open?.();
  const folder = store.location.startsWith('file:') ? store.location.slice('file:'.length) : '.moin-sessions';
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const configFile = resolve(folder, 'moin-sessions.config.json');
  const options = configure(configFile, store, where, userFile);
  const usersPath = resolve(folder, String(options.users));
  const users = new FileUserDirectory(usersPath);
  const greeting = [
    `sessions: ${store.location}`,
    ...(existsSync(usersPath) ? [`users: ${usersPath}`] : await addSampleUsers(users, usersPath)),
    `look into the store: npx moin-sessions --config ${quoted(configFile)} list`,
  ];
  const sessions = createSessions({ ...options, store, users });
  await sessions.open();
  sessions.startPurging({ every: EVERY_HOUR });
  sessions.on('setuid', ({ user, reason }) => console.log(`setuid: ${user} went ${reason}`));
  return { sessions, users, superuser: options.superuser ?? [], greeting };
}

/** Reads the configuration file and writes the flags into it, so that the command line sees the same site. */
function configure(
  file: string,
  store: SessionStore,
  where: string,
  userFile: string | undefined,
): SessionsOptions {
  const before = existsSync(file) ? readConfiguration(file) : DEFAULTS;
  const isFolder = store.location.startsWith('file:');
  const options: SessionsOptions = {
    ...before,
    store: isFolder ? '.' : where,
    ...(userFile !== undefined && { users: resolve(userFile) }),
    // A folder and Redis keep a secret of their own, which all processes share.
    ...(!('secret' in store) && { secrets: before.secrets ?? randomBytes(32).toString('base64url') }),
  };
  writeFileSync(file, `${JSON.stringify(options, null, 2)}\n`, { mode: 0o600 });
  return options;
}

function readConfiguration(file: string): SessionsOptions {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read: mend or remove it`, { cause: error });
  }
}

/** Quotes for a POSIX shell. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

async function addSampleUsers(users: FileUserDirectory, path: string): Promise<string[]> {
  const password = randomBytes(9).toString('base64url');
  for (const name of SAMPLE_USERS) await users.add(name, password);
  return [
    `made sample users in ${path}: ${SAMPLE_USERS.join(', ')}`,
    `password of all three, shown only now: ${password}`,
  ];
}
