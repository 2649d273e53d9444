import { DAY, HOUR, MINUTE } from '../../../base/clock.js';
import { lateCrypto } from '../../../base/late-crypto.js';
import { idOf } from '../../../session/cookie/token.js';
import { type Ending, endedRecord } from '../../../session/lifecycle/ended.js';
import type { SessionClient, SessionRecord, SessionStore } from '../../../store/contract.js';
import { storeOpener } from '../../../store/open.js';
import { PEOPLE, type Person, VISITORS_PAGES } from './people.js';

/** Browsers of people who are active: addresses are those for examples (RFC 5737, RFC 3849). */
const BROWSERS = [
  ['192.0.2.17', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
  [
    '2001:db8::7:1',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1',
  ],
  [
    '198.51.100.4',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0.0.0 Safari/537.36',
  ],
] as const;

interface Life {
  created: number;
  seen: number;
  cookieExpires: number;
  client?: SessionClient;
}

/** Writes the sessions of the sample wiki into a file store. */
export class SampleSessions {
  readonly #store: SessionStore;
  readonly #now: number;
  readonly #far: number | undefined;

  private constructor(store: SessionStore, now: number, far: number | undefined) {
    this.#store = store;
    this.#now = now;
    this.#far = far;
  }

  /** @param far when the cookies of active sessions expire. Default: 12 hours after they were seen */
  static async make(folder: string, now: number, far: number | undefined): Promise<void> {
    const store = await storeOpener(folder, {})();
    const sessions = new SampleSessions(store, now, far);
    await sessions.#makeSessions();
    await sessions.#makeSpecialOnes();
    await store.close();
  }

  #until(seen: number): number {
    return this.#far ?? seen + 12 * HOUR;
  }

  /** Sessions of users and visitors: active ones, some in their last hour, and many that nobody purged. */
  async #makeSessions(): Promise<void> {
    for (const [index, person] of PEOPLE.entries()) {
      const seen = this.#now - (3 + 17 * index) * MINUTE;
      await this.#keep(
        `${person.id} active`,
        person,
        {
          created: seen - index * HOUR,
          seen,
          cookieExpires: this.#until(seen),
          client: clientOf(person, index),
        },
        index,
      );
      const last = this.#now - (20 + 61 * index) * DAY;
      await this.#keep(
        `${person.id} long ago`,
        person,
        { created: last - DAY, seen: last, cookieExpires: last + 12 * HOUR },
        2,
      );
    }
    for (let index = 0; index < 7; index++) {
      const seen = this.#now - (1 + 11 * index) * MINUTE;
      await this.#keep(
        `visitor ${index} active`,
        null,
        { created: seen - HOUR, seen, cookieExpires: this.#until(seen) },
        index,
      );
      const last = this.#now - (2 + 400 * index) * DAY;
      await this.#keep(
        `visitor ${index} long ago`,
        null,
        { created: last, seen: last, cookieExpires: last + DAY },
        index,
      );
    }
  }

  /** The sessions of the cookie files, and sessions in their grace hour. */
  async #makeSpecialOnes(): Promise<void> {
    const [, juergen, sakura, olga, avi] = PEOPLE as Person[] as [Person, Person, Person, Person, Person];
    for (const [index, person] of [juergen, sakura, null].entries()) {
      const cookieExpires = this.#now - (10 + 20 * index) * MINUTE;
      const seen = cookieExpires - (person === null ? 24 : 12) * HOUR;
      await this.#keep(`grace ${index}`, person, { created: seen - HOUR, seen, cookieExpires }, 3);
    }
    await this.#keep('ended by administrator', olga, this.#recently(4 * HOUR), 4, {
      at: this.#now - 3 * MINUTE,
      by: 'administrator',
      reason: 'a lost laptop, ticket 4711',
    });
    await this.#keep('evicted', avi, this.#recently(30 * HOUR), 2, {
      at: this.#now - 2 * HOUR,
      by: 'limit',
    });
    await this.#keep('logged out', sakura, this.#recently(2 * HOUR), 2);
    const at = this.#now - 25 * MINUTE;
    await this.#store.delete(idOf(tokenOf('logged out')), {
      tombstone: { reason: 'logout', at, until: at + HOUR },
    });
  }

  #recently(ago: number): Life {
    const seen = this.#now - ago;
    return { created: seen - HOUR, seen, cookieExpires: this.#until(seen) };
  }

  /** Each record is written once, so that its file is one line. */
  async #keep(
    label: string,
    person: Person | null,
    life: Life,
    visits: number,
    ended?: Ending & { at: number },
  ): Promise<void> {
    const user = person && {
      id: person.id,
      name: person.name,
      method: visits % 3 === 1 ? 'http_basic' : 'moin_login',
    };
    const record: SessionRecord = {
      version: 1,
      id: idOf(tokenOf(label)),
      kind: user === null ? 'anonymous' : 'user',
      user,
      ...life,
      expires: life.cookieExpires + HOUR,
      revision: 1 + visits,
      remember: life.cookieExpires > this.#now && user !== null,
      ended: null,
      client: life.client ?? null,
      data: dataOf(person?.pages ?? VISITORS_PAGES, visits),
    };
    const final = ended ? { ...endedRecord(record, ended.at, ended), revision: 2 + visits } : record;
    if ((await this.#store.create(final)) !== 'created')
      throw new Error(`two sessions are labelled ${label}`);
  }
}

function clientOf({ pages }: Person, index: number): SessionClient {
  const [address, userAgent] = BROWSERS[index % BROWSERS.length] as (typeof BROWSERS)[number];
  return { address, userAgent, url: encodeURI(`/wiki/${pages[0]}`) };
}

function dataOf(pages: readonly string[], visits: number): SessionRecord['data'] {
  const start = visits % pages.length;
  const trail = [...pages.slice(start), ...pages.slice(0, start)].slice(0, Math.max(1, visits));
  if (visits % 4 === 3)
    return { trail, test: 17 * visits, cart: { items: [{ sku: `moin-${visits}`, count: visits }] } };
  return visits % 2 === 0 ? { trail } : { trail, lang: 'de', test: visits };
}

/** A token that has the form of a real one and is always the same. */
export function tokenOf(label: string): string {
  return lateCrypto().createHash('sha256').update(`moin-sessions sample: ${label}`).digest('base64url');
}
