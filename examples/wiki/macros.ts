import { randomInt } from 'node:crypto';
import type { Visit } from 'moin-sessions';
import { readPages } from './pages.js';
import { fragment } from './view.js';

declare module 'moin-sessions' {
  interface SessionValues {
    test: number;
  }
}

/** Gives HTML. */
type Macro = (visit: Visit) => Promise<string>;

export const macros: Readonly<Record<string, Macro | undefined>> = {
  SessionExample: sessionExample,
  PageList: async () => fragment('page-list', { pages: readPages() }),
};

/**
 * The example of MoinMoin's help: the first time it sets a value, from then on it shows it. A visitor's very first
 * request has no session yet, since nobody knows whether the browser will send the cookie back: that it says as well.
 */
async function sessionExample({ session }: Visit): Promise<string> {
  if (!session.available) return fragment('session-example', { state: 'unavailable' });
  const before = session.get('test');
  if (before !== undefined) return fragment('session-example', { state: 'kept', value: before });
  // Not `set`: of two tabs that come here at once, the second one must see what the first one set.
  let isNew = false;
  const value = await session.update('test', (current) => {
    isNew = current === undefined;
    return current ?? randomInt(1, 1000);
  });
  return fragment('session-example', { state: isNew ? 'set' : 'kept', value });
}
