import { UsageError } from '../../base/errors.js';
import { hasPassword } from '../../store/redis/address.js';

/** @throws UsageError for an address with a password: every user of the machine sees the arguments of all programs */
export function assertNoPassword(where: string, flag: string): void {
  if (!hasPassword(where)) return;
  throw new UsageError(
    `every user of this machine can see the password in ${flag}: leave it out, and set MOIN_SESSIONS_REDIS_PASSWORD or MOIN_SESSIONS_REDIS_PASSWORD_FILE`,
  );
}
