import fc from 'fast-check';
import type { SessionStore } from '../../../src/store/contract.js';
import { type StoreKind, withStore } from '../../../src/testing/store/suite.js';
import { anyCommands } from './commands.js';
import { Reference } from './reference.js';

/** Does random things to new stores. @throws Error that shows the shortest list of commands that goes wrong */
export function doAnything<Store extends SessionStore>(
  kind: StoreKind<Store>,
  options: { numRuns: number; seed?: number },
) {
  const property = fc.asyncProperty(anyCommands, (commands) =>
    withStore(kind, (real) => fc.asyncModelRun(() => ({ model: new Reference(), real }), commands)),
  );
  return fc.assert(property, { ...options, endOnFailure: options.seed !== undefined });
}
