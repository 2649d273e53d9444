import type { Json } from '../base/json.js';
import { asSiteVisit } from './site-visit.js';
import type { Visit } from './visit.js';

const KEY = 'trail';

/** The pages that a visitor saw last (spec 5). */
export interface Trail {
  /** Newest last, no repeats. */
  readonly pages: readonly string[];
  /**
   * Puts a page at the end, and removes the oldest beyond `trailSize`. Atomic over parallel requests. Does nothing if the
   * session is not available or `trailSize` is 0, and writes nothing if the page is the newest already.
   * @returns the pages now
   * @throws StoreError when the store cannot be written
   */
  add(page: string): Promise<readonly string[]>;
}

/** The visited-pages trail of a visit, kept in its session under the key `trail`. */
export function trail(visit: Visit): Trail {
  const { session, site } = asSiteVisit(visit);
  const size = site.trailSize;
  return {
    get pages() {
      return size === 0 ? [] : pagesIn(session.get(KEY)).slice(-size);
    },
    async add(page) {
      if (size === 0) return [];
      const before = pagesIn(session.get(KEY));
      if (!session.available || (before.at(-1) === page && before.length <= size)) return before;
      const after = await session.update(KEY, (current) => extended(pagesIn(current), page, size));
      return pagesIn(after);
    },
  };
}

function extended(pages: readonly string[], page: string, size: number): string[] {
  return [...pages.filter((other) => other !== page), page].slice(-size);
}

/** The strings in the value: an application or an older version may have stored something else under the key. */
function pagesIn(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((page) => typeof page === 'string') : [];
}
