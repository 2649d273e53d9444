import type { DirectoryUser } from '../../../users/directory.js';
import type { CliContext } from '../../context.js';
import { askConsent } from '../../output/consent.js';
import { counted } from '../../output/humanize.js';
import { capital, listed, place, shortName } from '../../output/words.js';
import type { OpenSite } from '../../site/site.js';
import { meantBy, type UserChange } from './user-change.js';
import { censusOf } from './user-sessions.js';
import type { EndingOptions } from './user-site.js';

/** How many users a question names. */
const MOST_NAMES = 3;

/**
 * Asks before users are changed, if that throws somebody out or cannot be taken back.
 * @param clear removes the progress of the count from the screen
 * @throws UsageError without a terminal to ask on; MoinSessionsError when the answer is no
 */
export async function confirmChange(
  context: CliContext,
  change: UserChange,
  users: readonly DirectoryUser[],
  { site, options, clear }: { site: OpenSite | null; options: EndingOptions; clear: () => void },
): Promise<void> {
  if (options.yes) return;
  const { verb, isFinal = false } = change;
  const meant = meantBy(change, users);
  const census = await censusOf(site, meant).finally(clear);
  if (meant.length === 0 || !(isFinal || census.active > 0)) return;
  const ends =
    site === null || census.total === 0
      ? ''
      : `, and end ${census.counts()} in ${place(site.store.location)}`;
  const what = `${verb} ${named(meant)}${ends}`;
  const other = ends === '' ? '' : ', or --keep-sessions';
  const otherwise = `this would ${what}: add --yes${other}, or look first with --dry-run`;
  await askConsent(context, `${capital(what)}?`, otherwise);
}

function named(users: readonly DirectoryUser[]): string {
  const names = users.slice(0, MOST_NAMES).map(({ name }) => shortName(name));
  const others = users.length - names.length;
  return listed(others === 0 ? names : [...names, counted(others, 'other user')]);
}
