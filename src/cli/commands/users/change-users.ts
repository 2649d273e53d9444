import { MoinSessionsError, PartialError, StoreError } from '../../../base/errors.js';
import type { DirectoryUser } from '../../../users/directory.js';
import type { CliContext } from '../../context.js';
import { assertWritableNow } from '../../input/flags.js';
import { counted } from '../../output/humanize.js';
import { note } from '../../output/note.js';
import { startReading } from '../../output/progress.js';
import { RowOutput } from '../../output/row-output.js';
import { type UserAndSessions, userAndSessionsView } from '../../output/users.js';
import { shown } from '../../output/words.js';
import type { OpenSite } from '../../site/site.js';
import type { SiteAudit } from '../../site/site-audit.js';
import { confirmChange } from './confirm-change.js';
import type { UserChange } from './user-change.js';
import { censusOf, endSessionsOf } from './user-sessions.js';
import { type EndingOptions, findUsers, withUserSite } from './user-site.js';

interface Changed extends UserAndSessions {
  sentence: string;
}

/**
 * Changes the named users, and ends their sessions unless `--keep-sessions`. Asks first when that throws somebody out (spec 7). A
 * user who fails is named on stderr, and the others are done.
 */
export async function changeUsers(
  context: CliContext,
  kind: UserChange,
  names: readonly string[],
  options: EndingOptions,
): Promise<void> {
  const change = { ...kind, reason: options.reason ?? kind.reason };
  assertWritableNow(options);
  const output = new RowOutput(context, options, userAndSessionsView);
  await withUserSite(context, options, async ({ directory, site, audit }) => {
    const clear = startReading(context, site, options);
    const { users, missing } = await findUsers(context, directory, names);
    if (options.dryRun) {
      const planned: Changed[] = [];
      // One after the other: each reads the store.
      for (const user of users) planned.push(await plan(change, user, site).finally(clear));
      return finish(output, planned, { failed: 0, missing });
    }
    await confirmChange(context, change, users, { site, options, clear });
    const perform = await change.begin(directory);
    const changed: Changed[] = [];
    for (const user of users) {
      try {
        changed.push(
          await changeOne(
            change,
            noted(perform, { event: change.event, reason: options.reason }, audit),
            user,
            site,
          ).finally(clear),
        );
      } catch (error) {
        if (!(error instanceof MoinSessionsError)) throw error;
        await note(context, `${user.name}: ${error.message}`);
      }
    }
    await finish(output, changed, { failed: users.length - changed.length, missing });
  });
}

async function plan(change: UserChange, user: DirectoryUser, site: OpenSite | null): Promise<Changed> {
  const done = change.isDone?.(user) ?? null;
  if (done !== null) return { user, sessionsEnded: 0, sentence: `${user.name} ${done}.` };
  const { total } = await censusOf(site, [user]);
  const ends = site === null ? change.kept : `, and end ${counted(total, 'session')}.`;
  return { user, sessionsEnded: total, sentence: `Would ${change.verb} ${user.name}${ends}` };
}

async function changeOne(
  change: UserChange,
  perform: (user: DirectoryUser) => Promise<DirectoryUser>,
  user: DirectoryUser,
  site: OpenSite | null,
): Promise<Changed> {
  const done = change.isDone?.(user) ?? null;
  if (done !== null) return { user, sessionsEnded: 0, sentence: `${user.name} ${done}.` };
  let changed = user;
  if (!change.endsFirst) changed = await perform(user);
  const sessionsEnded = await endSessionsOf(site, user, change);
  if (change.endsFirst) changed = await perform(user);
  const ended = site === null ? change.kept : `, and ended ${counted(sessionsEnded, 'session')}.`;
  return { user: changed, sessionsEnded, sentence: `${change.past} ${changed.name}${ended}` };
}

/** As `perform`, and notes each change in the audit log. */
function noted(
  perform: (user: DirectoryUser) => Promise<DirectoryUser>,
  { event, reason }: { event: UserChange['event']; reason: string | undefined },
  audit: SiteAudit['audit'],
): (user: DirectoryUser) => Promise<DirectoryUser> {
  return async (user) => {
    const changed = await perform(user);
    audit({ event, user: changed.name, userId: changed.id, ...(reason !== undefined && { reason }) });
    return changed;
  };
}

/** @throws StoreError when every user failed; PartialError when some failed or were not found */
async function finish(
  output: RowOutput<UserAndSessions>,
  changed: readonly Changed[],
  { failed, missing }: { failed: number; missing: number },
): Promise<void> {
  if (output.format === 'table' && !output.hasFields)
    await output.write(changed.map(({ sentence }) => `${shown(sentence)}\n`).join(''));
  else await output.writeRows(changed);
  if (failed > 0 && changed.length === 0 && missing === 0)
    throw new StoreError(`${counted(failed, 'user')} failed, as said above`);
  const parts = [];
  if (failed > 0) parts.push(`${counted(failed, 'user')} failed`);
  if (missing > 0) parts.push(`${counted(missing, 'user')} not found`);
  if (parts.length > 0) throw new PartialError(`${parts.join(' and ')}, as said above`);
}
