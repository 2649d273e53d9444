import { isMoinStore } from '../../moin/is-moin-store.js';
import type { MoinStore } from '../../moin/store.js';
import type { SessionDetail } from '../../session/admin/info.js';
import { askDirectory } from '../../session/admin/refusal.js';
import { SETUID } from '../../session/session.js';
import { type DirectoryUser, isDisabled } from '../../users/directory.js';
import type { OpenSite } from '../site/site.js';

type Site = Pick<OpenSite, 'store' | 'users' | 'options' | 'methods'>;

/**
 * As whom a session acts whose superuser has changed user, to be read behind "acts as": `JaneDoe`, or why as nobody else. Null
 * without a change of user.
 */
export async function actingAs(site: Site, session: SessionDetail): Promise<string | null> {
  const targetId = session.data?.[SETUID];
  if (typeof targetId !== 'string') return null;
  const target = await userWith(site, targetId);
  const whom = target?.name || targetId;
  const { store } = site;
  if (!isMoinStore(store)) return onSite(site, session, target, whom);
  return store.layout === '1.6' ? on16(store, session, target, whom) : on19(store, session, target, whom);
}

/** As `switchedUser` decides at each request. */
async function onSite(
  site: Site,
  { userId }: SessionDetail,
  target: DirectoryUser | null,
  whom: string,
): Promise<string> {
  if (site.users === undefined) return `${whom}, if the configuration lets it: name it with --config`;
  const real = userId === null ? null : await userWith(site, userId);
  const isSuperuser =
    real !== null && !isDisabled(real) && (site.options.superuser ?? []).includes(real.name);
  if (!isSuperuser) return `nobody else: only a superuser may act as ${whom}`;
  return target === null || isDisabled(target) ? `nobody else: ${whom} ${whyNot(target)}` : whom;
}

/** MoinMoin 1.6 asks for the other user alone, and never who changed to them. */
function on16(
  { settings }: MoinStore,
  { userName }: SessionDetail,
  target: DirectoryUser | null,
  whom: string,
): string {
  if (target === null || isDisabled(target))
    return `nobody: ${whom} ${whyNot(target)}, and MoinMoin 1.6 then logs nobody in`;
  if (userName === null) return `${whom}, as a visitor: MoinMoin 1.6 never asks who changed user`;
  if (settings.superuser?.includes(userName) === false)
    return `${whom}, though ${userName} is no superuser any more: MoinMoin 1.6 never asks again`;
  return whom;
}

/** MoinMoin 1.9 asks for the superuser alone. */
function on19(
  { settings }: MoinStore,
  { userName }: SessionDetail,
  target: DirectoryUser | null,
  whom: string,
): string {
  const { superuser } = settings;
  if (userName === null || superuser?.includes(userName) === false)
    return `nobody else: ${userName ?? 'a visitor'} is no superuser, so MoinMoin drops the change to ${whom}`;
  const odd = target === null || isDisabled(target) ? `, who ${whyNot(target)}` : '';
  const unknown =
    superuser === undefined
      ? `, if ${userName} is a superuser still: --wiki-config superuser=NAME tells`
      : '';
  return `${whom}${odd}${unknown}`;
}

function whyNot(target: DirectoryUser | null): string {
  return target === null ? 'is gone' : 'is disabled';
}

async function userWith({ users }: Site, id: string): Promise<DirectoryUser | null> {
  return users === undefined ? null : askDirectory(users, (directory) => directory.findById(id));
}
