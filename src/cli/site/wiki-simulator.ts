import type { WikiSimulation } from '../../moin/simulate/course.js';
import type { WikiRequest, WikiView } from '../../moin/simulate/view.js';
import type { MoinStore } from '../../moin/store.js';

/** A simulation on a wiki, loaded when it is needed. */
export interface WikiSimulator {
  view: WikiView;
  /** The name of the cookie, as far as it is known without a request. */
  cookieName: string;
  run(request: WikiRequest): WikiSimulation;
}

/** @throws StoreError when there is no wiki */
export async function openWikiSimulator(store: MoinStore): Promise<WikiSimulator> {
  const { viewOf } = await import('../../moin/simulate/store-view.js');
  const { cookieNameOf, simulateWiki } = await import('../../moin/simulate/simulate.js');
  const view = viewOf(store);
  return { view, cookieName: cookieNameOf(view), run: (request) => simulateWiki(view, request) };
}
