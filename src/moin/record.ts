import type { SessionOwner, SessionRecord } from '../store/contract.js';
import type { Layout } from './layout.js';

/** What is known of a session apart from its file's bytes. */
export interface RecordContext {
  id: string;
  layout: Layout;
  /** The modification time of the file, in ms. */
  mtime: number;
  /** The user who owns the secret (1.6); null for none. */
  owner: SessionOwner | null;
  /** The name of a user, for an owner that the file names (1.9); null for a user who is gone. */
  nameOf(userId: string): string | null;
}

/**
 * The record in the bytes of a session file.
 * @throws PickleError, or UnreadableSession, whose message says in words why the bytes are no session; it quotes no data
 */
export function recordOf(bytes: Uint8Array, context: RecordContext): SessionRecord {
  throw new Error(`not written yet: ${bytes.length} ${context.id}`);
}
