import { strictEqual } from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { ConfigurationError } from '../../src/base/errors.js';
import { loadConfiguration } from '../../src/cli/site/config-file.js';
import type { SessionsOptions } from '../../src/config/options.js';
import { readOptions } from '../../src/config/settings.js';
import { edited, target } from './target.js';

const folder = mkdtempSync(join(tmpdir(), 'moin-sessions-fuzz-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const HERE = { env: {}, uid: null, err: { isTTY: false, columns: 80, write: async () => {} } };
const SECRET = 'S3cret that nobody may see, 32 bytes';
const GOOD = {
  store: 'file:sessions',
  users: 'users.json',
  userCache: 2.5,
  auth: ['moin_login', 'moin_session', 'moin_anon_session'],
  secrets: [SECRET],
  cookieName: 'MOIN_SESSION',
  cookieDomain: 'example.com',
  cookiePath: '/wiki',
  cookieSameSite: 'None',
  cookieSecure: true,
  cookiePartitioned: true,
  browserSession: true,
  cookieLifetime: 12,
  anonymousCookieLifetime: 1.5,
  anonymousSessions: 'first-visit',
  maxLifetime: 48,
  refreshInterval: 0.25,
  maxSessionsPerUser: 3,
  onLimit: 'evict',
  superuser: ['admin'],
  trailSize: 5,
  trustProxy: ['10.0.0.0/8'],
  rememberClient: ['address', 'userAgent', 'url'],
  trustedOrigins: ['https://app.example.com'],
  audit: 'audit.log',
  durability: 'process',
} satisfies Record<Exclude<keyof SessionsOptions, 'clock'>, unknown>;
const option = fc.constantFrom(...Object.keys(GOOD), 'clock', '__proto__', 'x');

/** Options that hold anything, and files that hold any text: good, or one line that says what is wrong, without secrets. */
export const configurations = target<string | object>({
  name: 'configurations',
  share: 0.05,
  input: fc.oneof(
    edited(fc.constant(JSON.stringify(GOOD, null, 2))),
    fc
      .tuple(fc.subarray(Object.entries(GOOD)), fc.dictionary(option, fc.anything(), { maxKeys: 2 }))
      .map(([some, fields]) => ({ ...Object.fromEntries(some), ...fields })),
  ),
  kept: [
    '',
    '{',
    '[]',
    'null',
    '{"secrets":[]}',
    { secrets: [[]] },
    { auth: [null] },
    { trustProxy: [{}] },
    { users: 1 },
  ],
  async check(input) {
    try {
      readOptions(typeof input === 'string' ? await loaded(input) : input);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      strictEqual(error.message.includes('\n'), false, `more than a line: ${error.message}`);
      strictEqual(error.message.includes(SECRET), false, `it shows the secret: ${error.message}`);
    }
  },
});

async function loaded(text: string): Promise<object> {
  const file = join(folder, 'moin-sessions.config.json');
  writeFileSync(file, text);
  return (await loadConfiguration({ ...HERE, cwd: folder }, {})).options;
}
