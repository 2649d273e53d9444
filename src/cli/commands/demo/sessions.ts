import { DAY, HOUR, MINUTE } from '../../../base/clock.js';
import { lateCrypto } from '../../../base/late-crypto.js';
import { idOf } from '../../../session/cookie/token.js';
import { type Ending, endedRecord } from '../../../session/lifecycle/ended.js';
import type { SessionClient, SessionRecord } from '../../../store/contract.js';
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

/** A session of the sample wiki. */
export interface SampleSession {
  record: SessionRecord;
  /** Where its user or visitor is. */
  address: string;
  /** When its user logged out, in ms: the store keeps a tombstone in place of the record. */
  loggedOutAt?: number | undefined;
}

interface Life {
  created: number;
  seen: number;
  cookieExpires: number;
  client?: SessionClient;
  ended?: Ending & { at: number };
  loggedOutAt?: number;
}

/** The sessions of the sample wiki. @param far when the cookies of active sessions expire. Default: 12 hours after they were seen */
export function sampleSessions(now: number, far: number | undefined): SampleSession[] {
  const until = (seen: number) => far ?? seen + 12 * HOUR;
  return [...everydaySessions(now, until), ...specialSessions(now, until)];
}

type Until = (seen: number) => number;

/** Sessions of users and visitors: active ones, some in their last hour, and many that nobody purged. */
function everydaySessions(now: number, until: Until): SampleSession[] {
  const ofPeople = PEOPLE.flatMap((person, index) => {
    const active = { ...activeLife(now, index, until), client: clientOf(person, index) };
    const last = now - (20 + 61 * index) * DAY;
    const longAgo = { created: last - DAY, seen: last, cookieExpires: last + 12 * HOUR };
    return [
      sampleSession(now, `${person.id} active`, person, active, index),
      sampleSession(now, `${person.id} long ago`, person, longAgo, 2),
    ];
  });
  const ofVisitors = [0, 1, 2, 3, 4, 5, 6].flatMap((index) => {
    const seen = now - (1 + 11 * index) * MINUTE;
    const active = { created: seen - HOUR, seen, cookieExpires: until(seen) };
    const last = now - (2 + 400 * index) * DAY;
    const longAgo = { created: last, seen: last, cookieExpires: last + DAY };
    return [
      sampleSession(now, `visitor ${index} active`, null, active, index),
      sampleSession(now, `visitor ${index} long ago`, null, longAgo, index),
    ];
  });
  return [...ofPeople, ...ofVisitors];
}

/** The active session of the person with this number. */
function activeLife(now: number, index: number, until: Until): Life {
  const seen = now - (3 + 17 * index) * MINUTE;
  return { created: seen - index * HOUR, seen, cookieExpires: until(seen) };
}

/** The sessions of the cookie files, and sessions in their grace hour. */
function specialSessions(now: number, until: Until): SampleSession[] {
  const [, juergen, sakura, olga, avi] = PEOPLE as Person[] as [Person, Person, Person, Person, Person];
  const recently = (ago: number) => {
    const seen = now - ago;
    return { created: seen - HOUR, seen, cookieExpires: until(seen) };
  };
  const inGrace = [juergen, sakura, null].map((person, index) => {
    const cookieExpires = now - (10 + 20 * index) * MINUTE;
    const seen = cookieExpires - (person === null ? 24 : 12) * HOUR;
    return sampleSession(now, `grace ${index}`, person, { created: seen - HOUR, seen, cookieExpires }, 3);
  });
  const lostLaptop = {
    at: now - 3 * MINUTE,
    by: 'administrator',
    reason: 'a lost laptop, ticket 4711',
  } as const;
  // A later login of the same user went over the limit.
  const limit = { at: activeLife(now, PEOPLE.indexOf(avi), until).created, by: 'limit' } as const;
  return [
    ...inGrace,
    sampleSession(now, 'ended by administrator', olga, { ...recently(4 * HOUR), ended: lostLaptop }, 4),
    sampleSession(now, 'evicted', avi, { ...recently(6 * HOUR), ended: limit }, 2),
    sampleSession(now, 'logged out', sakura, { ...recently(2 * HOUR), loggedOutAt: now - 25 * MINUTE }, 2),
  ];
}

function sampleSession(
  now: number,
  label: string,
  person: Person | null,
  { ended, loggedOutAt, ...life }: Life,
  visits: number,
): SampleSession {
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
    remember: life.cookieExpires > now && user !== null,
    ended: null,
    client: life.client ?? null,
    data: dataOf(person?.pages ?? VISITORS_PAGES, visits),
  };
  const final = ended ? { ...endedRecord(record, ended.at, ended), revision: 2 + visits } : record;
  const [address] = browserOf(person === null ? visits : PEOPLE.indexOf(person));
  return { record: final, address, loggedOutAt };
}

function browserOf(index: number): (typeof BROWSERS)[number] {
  return BROWSERS[index % BROWSERS.length] as (typeof BROWSERS)[number];
}

function clientOf({ pages }: Person, index: number): SessionClient {
  const [address, userAgent] = browserOf(index);
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
