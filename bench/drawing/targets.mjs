import { micros, millis, ratio } from '../report.mjs';

const OURS = 'moin-sessions, files';
const atMost = (limit) => (value) => value <= limit;
const atLeast = (limit) => (value) => value >= limit;

/** What a request of ours adds to the bare framework, against what another's adds. */
const added = (id, other) => (of) => of(id, OURS, 'over') / of(id, other, 'over');
/** A metric of one contestant against that of another. */
const against = (id, one, other, metric) => (of) => of(id, one, metric) / of(id, other, metric);
/** The largest store against the smallest. */
const grown = (operation) => (of, contestants) => {
  const names = contestants(`growth/${operation}`);
  return of(`growth/${operation}`, names.at(-1), 'cpu') / of(`growth/${operation}`, names[0], 'cpu');
};
const times = (what, limit, value) => ({
  what,
  target: `at most ${limit} x`,
  value,
  isMet: atMost(limit),
  text: ratio,
});
const faster = (what, limit, value) => ({
  what,
  target: `${limit} x`,
  value,
  isMet: atLeast(limit),
  text: ratio,
});

/** What ours adds to a request, in µs. */
const overBare = (what, limit, id) => ({
  what,
  target: `at most ${limit} µs`,
  value: (of) => of(id, OURS, 'over'),
  isMet: atMost(limit),
  text: micros,
});

const FIRST = 'file store, first seen';
const IN_REDIS = 'Redis store, seen a moment ago';
const LOOP = 'bare read and parse';

/** `value`: from the numbers of one Node. `isMet`: absent where the figure alone is asked for. */
export const TARGETS = [
  overBare('HTTP read, over bare Express', 25, 'express/read'),
  times('HTTP read, against what connect-redis adds', 0.5, added('express/read', 'connect-redis')),
  times('HTTP read, against what MemoryStore adds', 0.5, added('express/read', 'MemoryStore')),
  overBare('HTTP written, over bare Express', 50, 'express/written'),
  times('HTTP written, against what connect-redis adds', 1, added('express/written', 'connect-redis')),
  faster(
    'HTTP written, requests a second, of session-file-store',
    8,
    against('express/written', OURS, 'session-file-store', 'rate'),
  ),
  times('HTTP read, against what cookie-session adds', 1, added('express/read', 'cookie-session')),
  times('HTTP read, against what iron-session adds', 1, added('express/read', 'iron-session')),
  times(
    'Fastify read, against what @fastify/secure-session adds',
    1,
    added('fastify/read', '@fastify/secure-session'),
  ),
  times('Fastify read, against what @fastify/session adds', 1, added('fastify/read', '@fastify/session')),
  times(
    'Fastify written, against what @fastify/session adds',
    1,
    added('fastify/written', '@fastify/session'),
  ),
  times(
    'load, first seen, against bare read and parse (CPU)',
    1.2,
    against('session/load/1', FIRST, 'bare', 'cpu'),
  ),
  times('save, against bare write and rename (CPU)', 0.3, against('session/save/1', FIRST, 'bare', 'cpu')),
  times(
    'save, against connect-redis, one at a time (wall)',
    1,
    against('session/save/1', FIRST, 'connect-redis', 'wall'),
  ),
  ...['load', 'save', 'refresh'].flatMap((operation) =>
    [1, 32].map((atOnce) =>
      times(
        `Redis, ${operation}, ${atOnce === 1 ? 'one' : atOnce} at a time, against connect-redis (CPU)`,
        1,
        against(`redis/${operation}/${atOnce}`, IN_REDIS, 'connect-redis', 'cpu'),
      ),
    ),
  ),
  faster(
    'Redis, HTTP read, requests a second, of connect-redis',
    1.5,
    against('redis/http/read', 'moin-sessions, Redis', 'connect-redis', 'rate'),
  ),
  faster(
    'Redis, HTTP written, requests a second, of connect-redis',
    1,
    against('redis/http/written', 'moin-sessions, Redis', 'connect-redis', 'rate'),
  ),
  faster(
    'save, speed of session-file-store (wall)',
    25,
    against('session/save/1', 'session-file-store', FIRST, 'wall'),
  ),
  ...['login', 'logout', 'rotation'].map((row) =>
    times(`${row} without scrypt, against two saves (CPU)`, 1, against('login', row, 'two saves', 'cpu')),
  ),
  {
    what: '32 writers on one session, saves a second, against connect-redis',
    target: 'measured',
    value: against('contention/one', 'file store', 'connect-redis', 'rate'),
    text: ratio,
  },
  {
    what: 'the same, the slowest writer against the mean one',
    target: 'no starvation',
    value: (of) => of('contention/one', 'file store', 'slowest'),
    text: ratio,
  },
  {
    what: 'the same, 99 % of the saves within',
    target: 'measured',
    value: (of) => of('contention/one', 'file store', 'p99'),
    text: millis,
  },
  times(
    '`list` as a table, against a bare loop',
    1.5,
    against('admin/list', 'list (a table)', LOOP, 'seconds'),
  ),
  times(
    '`list` as ndjson, against a bare loop',
    1.3,
    against('admin/list', 'list --format ndjson', LOOP, 'seconds'),
  ),
  ...['cold', 'warm'].map((state) =>
    times(
      `\`purge --expired\`, ${state} caches, against \`find -delete\``,
      1.1,
      against(`admin/purge/${state}`, 'purge --expired', 'find -delete', 'seconds'),
    ),
  ),
  {
    what: 'a server that purges answers nobody for',
    target: 'at most 5 ms',
    value: (of) => of('admin/stall', 'a server that purges', 'longest'),
    isMet: atMost(5),
    text: millis,
  },
  times(
    '`list` of 50 sessions, against `node -e 0`',
    1.8,
    against('start', 'list, 50 sessions', 'node -e 0', 'seconds'),
  ),
  times('`--help`, against `node -e 0`', 1.3, against('start', '--help', 'node -e 0', 'seconds')),
  ...['load', 'save', 'login'].map((operation) =>
    times(`${operation} in the largest store, against the smallest (CPU)`, 1.3, grown(operation)),
  ),
];
