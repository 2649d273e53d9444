import { hasMethods } from '../base/has-methods.js';
import type { SessionStore } from './contract.js';

/** Whether this is a store object, and not the address of a store (a string or a `URL`). */
export function isStore(candidate: unknown): candidate is SessionStore {
  return hasMethods(candidate, ['find', 'create', 'update', 'delete']);
}
