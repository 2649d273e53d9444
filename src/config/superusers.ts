import type { FindingKind, Findings } from '../store/finding.js';
import { isDisabled, type UserDirectory } from '../users/directory.js';

const REMEDY = "Correct the name in 'superuser', or take it out.";

const KINDS = {
  nobody: {
    severity: 'warning',
    code: 'superuser-unknown',
    what: 'A superuser is nobody in the user directory.',
    why: 'Whoever gets this name becomes a superuser.',
    remedy: REMEDY,
    fixable: false,
  },
  disabled: {
    severity: 'warning',
    code: 'superuser-disabled',
    what: 'A superuser is disabled in the user directory.',
    why: 'Who enables this user makes a superuser again.',
    remedy: REMEDY,
    fixable: false,
  },
} satisfies Record<string, FindingKind>;

/** Why a name is no superuser who could log in; null if it is one. @throws what the directory throws */
export async function superuserFault(name: string, users: UserDirectory): Promise<keyof typeof KINDS | null> {
  const user = await users.findByName(name);
  if (user === null) return 'nobody';
  return isDisabled(user) ? 'disabled' : null;
}

/** @throws what the directory throws */
export async function adviseOnSuperusers(
  superusers: readonly string[],
  users: UserDirectory,
  findings: Findings,
): Promise<void> {
  for (const name of superusers) {
    const fault = await superuserFault(name, users);
    if (fault !== null) findings.add(KINDS[fault], name);
  }
}
