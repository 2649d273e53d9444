import type { DirectoryUser } from '../../../users/directory.js';
import type { UserFile } from './user-file.js';

/** The differences between the commands that change users and end their sessions. */
export interface UserChange {
  /** What the audit log calls it. */
  event: 'user-disabled' | 'user-enabled' | 'user-deleted' | 'user-password';
  /** As in "would disable zoe". */
  verb: string;
  /** As in "Disabled zoe". */
  past: string;
  /** Why the sessions end, for operators. */
  reason: string;
  /** What is said of sessions that stay. */
  kept: string;
  /** Whether the change cannot be taken back: then it is asked for without sessions, too. */
  isFinal?: boolean;
  /** Whether the sessions end before the change. */
  endsFirst?: boolean;
  /** Why a user is left alone; null for one who is to be changed. */
  isDone?: (user: DirectoryUser) => string | null;
  /** Called once, after the question: may ask for a password. Returns what changes one user. */
  begin(directory: UserFile): Promise<(user: DirectoryUser) => Promise<DirectoryUser>>;
}

/** Why a user is left alone; null for one who is to be changed. */
export function whyDone({ isDone }: UserChange, user: DirectoryUser): string | null {
  return isDone?.(user) ?? null;
}

/** The users who are to be changed. */
export function meantBy(change: UserChange, users: readonly DirectoryUser[]): DirectoryUser[] {
  return users.filter((user) => whyDone(change, user) === null);
}
