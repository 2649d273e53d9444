import type { SessionsOptions } from '../../../config/options.js';
import type { ImportedUser } from '../../../users/import-verdict.js';
import type { CliContext } from '../../context.js';
import { askConsent } from '../../output/consent.js';
import { counted } from '../../output/humanize.js';
import { note } from '../../output/note.js';
import { listed, shortName } from '../../output/words.js';
import type { UserFile } from './user-file.js';

/** How many names a question has. */
const MOST_NAMES = 3;

/**
 * Asks before users of a wiki come among others, and before one of them becomes a superuser by the name: an account that somebody
 * registered in the wiki. Says the latter in any case.
 * @throws UsageError without a terminal to ask on; MoinSessionsError when the answer is no
 */
export async function confirmImport(
  context: CliContext,
  planned: readonly ImportedUser[],
  { directory, site, isAsked }: { directory: UserFile; site: SessionsOptions; isAsked: boolean },
): Promise<void> {
  const coming = planned.filter(({ result }) => result === 'imported');
  if (coming.length === 0) return;
  const rights = superusersIn(coming, site);
  if (rights !== null) await note(context, rights);
  if (!isAsked) return;
  const ofWiki = new Set(planned.map(({ id }) => id));
  const others = (await directory.list()).filter(({ id }) => !ofWiki.has(id)).length;
  if (others === 0 && rights === null) return;
  const place = others === 0 ? '' : `, beside ${counted(others, 'other user')}`;
  await askConsent(
    context,
    `Import ${counted(coming.length, 'user')}${place}?`,
    `this would import ${counted(coming.length, 'user')}${place}: add --yes, or look first with --dry-run`,
  );
}

function superusersIn(coming: readonly ImportedUser[], { superuser = [] }: SessionsOptions): string | null {
  const named = new Set(superuser.map((name) => name.normalize('NFC')));
  const names = coming.filter(({ name }) => named.has(name)).map(({ name }) => shortName(name));
  if (names.length === 0) return null;
  const first = names.slice(0, MOST_NAMES);
  const others = names.length - first.length;
  const all = listed(others === 0 ? first : [...first, counted(others, 'other user')]);
  return `${all} of the wiki ${names.length === 1 ? 'is a superuser' : 'are superusers'} here by the option 'superuser'`;
}
