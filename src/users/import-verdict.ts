import { UserRuleError } from '../base/errors.js';
import type { UserFields } from './directory.js';
import { harmlessName, newName } from './name.js';
import type { UserSnapshot } from './snapshot.js';

/** A user of a MoinMoin wiki, for `importMoinUsers`. */
export interface UserToImport {
  /** Stays, so that sessions keep their owner. */
  id: string;
  name: string;
  disabled: boolean;
  /** `enc_password` of the wiki's user file; empty when there is none. */
  encPassword: string;
  /** The site's own fields, such as an email address. Default: none. */
  fields?: UserFields;
  /** When the account was made (ms). Default: now. */
  created?: number;
}

/** What became of a user. */
export interface ImportedUser {
  id: string;
  /** In NFC, unless it breaks a rule. */
  name: string;
  disabled: boolean;
  /** The scheme of the wiki's hash as MoinMoin spells it: `{SHA}`; `unknown`; null when there is none. */
  scheme: string | null;
  /** Whether the wiki has a hash that can be checked here. */
  hasPassword: boolean;
  /**
   * `imported` (with `dryRun`: would be), `already-here` (a user with this id is here, and stays as it is), `conflict` (another
   * user here has the name), `refused` (name or id break a rule of the user file).
   */
  result: 'imported' | 'already-here' | 'conflict' | 'refused';
  /** Why, with the remedy; null when there is nothing to say. */
  reason: string | null;
}

export type Verdict = Pick<ImportedUser, 'name' | 'result' | 'reason'>;

/** What becomes of a user while the file holds these users. */
export function verdictOn({ id, name: typed }: UserToImport, known: UserSnapshot): Verdict {
  const same = known.byId(id);
  if (same !== null) {
    const isRenamed = same.name !== typed.normalize('NFC');
    const reason = isRenamed ? `the name here is ${JSON.stringify(same.name)}` : null;
    return { name: harmlessName(typed), result: 'already-here', reason };
  }
  if (id === '' || harmlessName(id) !== id)
    return refused(typed, 'the id is empty, too long or has control characters in it');
  try {
    const name = newName(typed);
    const namesake = known.byName(name) ?? known.byId(name) ?? known.byName(id);
    if (namesake === null) return { name, result: 'imported', reason: null };
    return conflict(
      name,
      `there is another user ${JSON.stringify(namesake.name)} here, with the id ${namesake.id}`,
    );
  } catch (error) {
    if (!(error instanceof UserRuleError)) throw error;
    return refused(typed, error.message);
  }
}

export function conflict(name: string, what: string): Verdict {
  return {
    name,
    result: 'conflict',
    reason: `${what}: rename one of the two, here with 'moin-sessions users rename', and run this again`,
  };
}

function refused(typed: string, flaw: string): Verdict {
  return {
    name: harmlessName(typed),
    result: 'refused',
    reason: `${flaw}; change it in the wiki and run this again, or use 'moin-sessions users add'`,
  };
}
