import { isUrl } from '../base/realm.js';
import type { SessionStore } from './contract.js';

/** Every method of the contract. */
const METHODS = [
  'find',
  'create',
  'update',
  'delete',
  'tombstone',
  'scan',
  'expiryCandidates',
  'findByUser',
  'sweep',
  'close',
] as const satisfies readonly (keyof SessionStore)[];

/** Whether this is meant as a store object, and not as the address of a store (a string or a `URL`). */
export function isStore(candidate: unknown): candidate is SessionStore {
  return typeof candidate === 'object' && candidate !== null && !isUrl(candidate);
}

/** What a store of one's own lacks of the contract: methods, and a `location`. */
export function missingFromStore(store: SessionStore): string[] {
  const missing: string[] = METHODS.filter((name) => typeof store[name] !== 'function');
  return typeof store.location === 'string' ? missing : [...missing, 'location'];
}
