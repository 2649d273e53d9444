import { readFileSync } from 'node:fs';
import { ConfigurationError } from '../../base/errors.js';

const PASSWORD = 'MOIN_SESSIONS_REDIS_PASSWORD';
const FILE = 'MOIN_SESSIONS_REDIS_PASSWORD_FILE';

/**
 * The password that the environment gives, or the first line of the file that it names; undefined without both. An address in
 * arguments shows in the list of processes, so it should hold none.
 * @throws ConfigurationError when the file cannot be read or is empty
 */
export function passwordFrom(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const file = env[FILE];
  if (!file) return env[PASSWORD] || undefined;
  if (env[PASSWORD]) throw new ConfigurationError(`both ${PASSWORD} and ${FILE} are set: unset one of them`);
  const password = firstLine(file);
  if (password === '')
    throw new ConfigurationError(`the file ${file} that ${FILE} names is empty: write the password into it`);
  return password;
}

function firstLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/, 1)[0] ?? '';
  } catch (error) {
    throw new ConfigurationError(`cannot read the file that ${FILE} names: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
