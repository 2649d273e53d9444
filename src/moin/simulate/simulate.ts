import type { WikiSimulation } from './course.js';
import { simulate16 } from './moin16.js';
import { simulate19 } from './moin19.js';
import type { WikiRequest, WikiView } from './view.js';

/** What the MoinMoin of this wiki would do with the cookies of a page view. Writes nothing, and runs nothing of the wiki. */
export function simulateWiki(view: WikiView, request: WikiRequest): WikiSimulation {
  return view.layout === '1.6' ? simulate16(view, request) : simulate19(view, request);
}
