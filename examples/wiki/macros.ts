import { randomInt } from 'node:crypto';
import type { Visit } from 'moin-sessions';
import { readPages } from './pages.js';
import { fragment } from './view.js';

declare module 'moin-sessions' {
  interface SessionValues {
    test: number;
  }
}

/** Returns HTML. */
type Macro = (visit: Visit) => Promise<string>;

export const macros: Readonly<Record<string, Macro | undefined>> = {
  SessionExample: sessionExample,
  PageList: async () => fragment('page-list', { pages: readPages() }),
};

/**
 * The example of MoinMoin's help: it sets a value the first time and shows that value later. A visitor's first request has
 * no session yet, because the browser has not sent the cookie back; then the macro says so.
 */
async function sessionExample({ session }: Visit): Promise<string> {
  if (!session.available) return fragment('session-example', { state: 'unavailable' });
  const before = session.get('test');
  if (before !== undefined) return fragment('session-example', { state: 'kept', value: before });
  // Not `set`: if two tabs come here at once, the second must see the value of the first.
  let isNew = false;
  const value = await session.update('test', (current) => {
    isNew = current === undefined;
    return current ?? randomInt(1, 1000);
  });
  return fragment('session-example', { state: isNew ? 'set' : 'kept', value });
}
