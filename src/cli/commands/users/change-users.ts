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
import type { SiteAudit } from '../../site/site-audit.js';
import { type Changed, changeAll, planAll } from './change-all.js';
import { confirmChange } from './confirm-change.js';
import type { UserChange } from './user-change.js';
import { type EndingOptions, findUsers, withUserSite } from './user-site.js';

/**
 * Changes the named users, and ends their sessions unless `--keep-sessions`. Asks first when that throws somebody out (spec 7). A
 * user who fails is named on stderr, and the others are done. One who is changed, and whose sessions did not all end, is both.
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
      const planned = await planAll(change, users, site).finally(clear);
      return finish(output, planned, { failed: 0, of: users.length, missing });
    }
    await confirmChange(context, change, users, { site, options, clear });
    const perform = noted(
      await change.begin(directory),
      { event: change.event, reason: options.reason },
      audit,
    );
    const changed: Changed[] = [];
    let failed = 0;
    for (const [user, outcome] of await changeAll(change, users, { perform, site }).finally(clear)) {
      const failure = outcome instanceof MoinSessionsError ? outcome : outcome.failure;
      if (!(outcome instanceof MoinSessionsError)) changed.push(outcome);
      if (failure === null) continue;
      failed += 1;
      await note(context, `${user.name}: ${failure.message}`);
    }
    await finish(output, changed, { failed, of: users.length, missing });
  });
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
  { failed, of, missing }: { failed: number; of: number; missing: number },
): Promise<void> {
  if (output.format === 'table' && !output.hasFields)
    await output.write(changed.map(({ sentence }) => `${shown(sentence)}\n`).join(''));
  else await output.writeRows(changed);
  if (failed > 0 && failed === of && missing === 0)
    throw new StoreError(`${counted(failed, 'user')} failed, as said above`);
  const parts = [];
  if (failed > 0) parts.push(`${counted(failed, 'user')} failed`);
  if (missing > 0) parts.push(`${counted(missing, 'user')} not found`);
  if (parts.length > 0) throw new PartialError(`${parts.join(' and ')}, as said above`);
}
