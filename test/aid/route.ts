import type { IncomingRequest } from '../../src/http/request.js';
import type { JsonObject } from '../../src/index.js';
import type { Visit } from '../../src/visit/visit.js';
import type { Browser } from './browser.js';
import type { Site } from './site.js';

/** Users as an application passes them to `visit.logIn`. */
export const ALICE = { id: 'u-alice', name: 'alice' };
export const BOB = { id: 'u-bob', name: 'bob' };

/** One request in which the application runs `act` on the visit. */
export async function during<T>(
  browser: Browser,
  act: (visit: Visit) => T,
  request: IncomingRequest = {},
): Promise<Awaited<T>> {
  const visit = await browser.begin(request);
  const result = await act(visit);
  browser.receive(await visit.commit());
  return result;
}

/** The user's name and the data of each record; null for a visitor. */
export async function usersAndData(site: Site): Promise<{ user: string | null; data: JsonObject }[]> {
  return (await site.records()).map(({ user, data }) => ({ user: user?.name ?? null, data }));
}
