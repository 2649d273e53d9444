import { MoinSessionsError } from '../../base/errors.js';
import type { SessionsOptions } from '../../config/options.js';
import { superuserFault } from '../../config/superusers.js';
import { askDirectory } from '../../session/admin/refusal.js';
import type { UserDirectory } from '../../users/directory.js';
import { listed, shown } from '../output/words.js';
import { countsOnWiki } from './wiki.js';

/** What to know of a configuration whose store is a MoinMoin wiki. */
export function wikiHints(options: SessionsOptions): string[] {
  const hint =
    'the store is a MoinMoin wiki, so this configuration is for the command line alone: a server refuses it';
  const idle = Object.keys(options).filter((name) => !countsOnWiki(name));
  if (idle.length === 0) return [hint];
  const verb = idle.length === 1 ? 'has' : 'have';
  return [hint, `on a wiki ${listed(idle)} ${verb} no effect: 'config show' says what has`];
}

const SUPERUSER = {
  nobody: 'is nobody in the user directory, and whoever gets this name becomes a superuser',
  disabled: 'is disabled in the user directory, and who enables this user makes a superuser again',
};

/** A sentence for each superuser who is nobody in the directory or disabled, or that it cannot be asked. */
export async function superuserHints(
  { superuser = [] }: SessionsOptions,
  users: UserDirectory | undefined,
): Promise<string[]> {
  if (users === undefined) return [];
  const hints: string[] = [];
  try {
    for (const name of superuser) {
      const fault = await askDirectory(users, (directory) => superuserFault(name, directory));
      if (fault !== null)
        hints.push(
          `the superuser ${shown(name)} ${SUPERUSER[fault]}: correct it in 'superuser', or take it out`,
        );
    }
  } catch (error) {
    if (!(error instanceof MoinSessionsError)) throw error;
    hints.push(`whether the superusers are users is not known: ${error.message}`);
  }
  return hints;
}
