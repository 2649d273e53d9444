import { statSync } from 'node:fs';
import { UsageError } from '../../base/errors.js';
import { assertNoForeignLink } from '../../disk/root-links.js';
import type { SessionStore } from '../../store/contract.js';
import { isFileAddress, isMoinAddress } from '../../store/opener.js';
import type { CliContext } from '../context.js';
import { assertNoPassword } from '../input/store-address.js';
import type { OpenSite } from './site.js';

/** @throws UsageError for an address that a copy cannot go to, or that holds a password */
export function assertTarget(where: string): void {
  assertNoPassword(where, '--to');
  if (isMoinAddress(where))
    throw new UsageError(
      'a MoinMoin wiki makes its sessions itself and takes none from elsewhere: name a store of yours with --to',
    );
  if (/^memory:/i.test(where))
    throw new UsageError(
      "a memory store ends with this command: copy --to 'file:DIR', or another lasting store",
    );
}

/**
 * Opens the store that `--to` names beside the one of the site, does the work, and closes it, even after an error. A missing
 * folder is an empty store.
 * @param readOnly whether the work writes nothing
 * @throws UsageError when both are the same store
 */
export async function withTarget<T>(
  context: CliContext,
  { store: source, options: { durability } }: OpenSite,
  { where, readOnly }: { where: string; readOnly: boolean },
  work: (target: SessionStore) => Promise<T>,
): Promise<T> {
  const target = await context.openStore(where, {
    resolveFrom: context.cwd,
    readOnly,
    // The site's option is about its files. Redis has a setting of its own, and refuses the option.
    ...(durability !== undefined && isFileAddress(where) && { durability }),
  });
  try {
    if (target.location.startsWith('file:')) assertNoForeignLink(target.location.slice('file:'.length));
    assertOther(source, target);
    await target.open?.();
    return await work(target);
  } finally {
    await target.close();
  }
}

function assertOther(source: SessionStore, target: SessionStore): void {
  if (source.location !== target.location && !isSameFolder(source.location, target.location)) return;
  throw new UsageError(`${target.location} is the store to copy from: name another one with --to`);
}

/** Whether two addresses lead to one folder, such as through a link. */
function isSameFolder(...locations: readonly [string, string]): boolean {
  const [one, other] = locations.map((location) =>
    location.startsWith('file:')
      ? statSync(location.slice('file:'.length), { bigint: true, throwIfNoEntry: false })
      : undefined,
  );
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}
