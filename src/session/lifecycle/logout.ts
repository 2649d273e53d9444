import type { SessionRecord } from '../../store/contract.js';
import type { SessionManager } from './manager.js';

/**
 * Ends a session by a logout (S6). If a login or rotation has just replaced this token, the session under the newest token ends: the
 * response with that token may still be on its way to the browser that logs out.
 * @param userId the only user whose newer session ends; null: any user's
 * @returns the record that ended, or null
 */
export async function endByLogout(
  manager: SessionManager,
  id: string,
  userId: string | null,
): Promise<SessionRecord | null> {
  const passed = new Set([id]);
  let ended = await manager.end(id, 'logout');
  for (let last = id; ended === null; passed.add(last)) {
    const tombstone = await manager.tombstone(last);
    const successor = manager.justReplaced(tombstone) ? tombstone?.successor : undefined;
    if (successor === undefined || passed.has(successor)) return null;
    last = successor;
    if (await isOfOther(manager, last, userId)) return null;
    ended = await manager.end(last, 'logout');
  }
  if (ended?.user && ended.origin !== undefined) await endOrigin(manager, ended.origin, ended.user.id);
  return ended;
}

/**
 * Ends the sessions of a user that continue the same session of before a migration, and that session if it is in this
 * store. For an hour no login continues it. So an answer that was under way at the logout logs nobody in.
 */
export async function endOrigin(manager: SessionManager, origin: string, userId: string): Promise<void> {
  await manager.end(origin, 'logout');
  for await (const { record } of manager.store.findByUser(userId))
    if (record?.origin === origin) await manager.end(record.id, 'logout');
}

/** Whether a session belongs to another user than this one; with null, never. */
async function isOfOther(manager: SessionManager, id: string, userId: string | null): Promise<boolean> {
  if (userId === null) return false;
  const { record } = await manager.find(id);
  return record !== null && record.user?.id !== userId;
}
