import type { FileName } from '../files/names.js';
import { nameBySettings, UNKNOWN_19 } from './cookie-name19.js';
import type { WikiSimulation } from './course.js';
import { simulate16 } from './moin16.js';
import { chosenIn, simulate19 } from './moin19.js';
import type { WikiRequest, WikiView } from './view.js';
import { COOKIE_16 } from './visitor16.js';

const NO_USERS =
  "the folder of the wiki's users is not there, so nothing is known of them: give it with --wiki-config user_dir=PATH";

/** What the MoinMoin of this wiki would do with the cookies of a page view. Writes nothing, and runs nothing of the wiki. */
export function simulateWiki(view: WikiView, request: WikiRequest): WikiSimulation {
  const result = view.layout === '1.6' ? simulate16(view, request) : simulate19(view, request);
  return view.hasUsers ? result : { ...result, notes: [...result.notes, NO_USERS] };
}

/** The name of the wiki's cookie, as far as it is known without a request. */
export function cookieNameOf({ layout, settings }: WikiView): string {
  if (layout === '1.6') return COOKIE_16;
  return nameBySettings({ settings, url: null }) ?? UNKNOWN_19;
}

/** The name of the wiki's cookie among those that requests bring. @param url the address that was asked; null if it is not known */
export function cookieNameAmong(
  view: WikiView,
  pairs: readonly [string, FileName][],
  url: URL | null,
): string {
  return view.layout === '1.6' ? COOKIE_16 : chosenIn(view, pairs, url).name;
}
