import type { Json } from '../src/base/json.js';

/** The tests use many keys. `test/platform/session-values.test.ts` compiles programs that declare theirs. */
declare module 'moin-sessions' {
  interface SessionValues {
    [key: string]: Json;
  }
}
