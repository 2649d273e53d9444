import { SECOND } from '../../base/clock.js';
import type { Bucket } from '../../session/admin/statistics/buckets.js';
import type { Group, GroupStatistics } from '../../session/admin/statistics/groups.js';
import type { Statistics } from '../../session/admin/statistics/statistics.js';
import type { MetricFamily, Sample } from './openmetrics.js';
import { bucketText } from './statistics-times.js';

/** All pairs that sessions can have. An alert needs a 0, not a series that is not there. */
const PAIRS: readonly Pick<Group, 'state' | 'kind'>[] = [
  ...(['active', 'grace', 'expired', 'refused'] as const).flatMap((state) => [
    { state, kind: 'user' },
    { state, kind: 'anonymous' },
  ]),
  { state: 'unreadable', kind: null },
];

/**
 * The metrics of statistics. Their number does not grow with the store, except for groups that were asked for.
 * @param pairs the sessions by state and kind
 */
export function statisticsMetrics(statistics: Statistics, pairs: GroupStatistics): MetricFamily[] {
  const { at, bytes, users, expiry, age, idle, groups } = statistics;
  return [
    {
      name: 'moin_sessions_stored',
      help: 'Sessions in the store. The purge may remove the expired ones.',
      samples: pairSamples(pairs, 'sessions'),
    },
    {
      name: 'moin_sessions_stored_bytes',
      help: 'Size of the sessions in the store.',
      unit: 'bytes',
      samples: pairSamples(pairs, 'bytes'),
    },
    {
      name: 'moin_sessions_largest_bytes',
      help: 'Size of the largest session.',
      unit: 'bytes',
      samples: [{ value: bytes.largest }],
    },
    { name: 'moin_sessions_users', help: 'Users who have sessions.', samples: [{ value: users.count }] },
    {
      name: 'moin_sessions_most_per_user',
      help: 'Sessions of the user who has the most.',
      samples: [{ value: users.max }],
    },
    {
      name: 'moin_sessions_expiring',
      help: 'Sessions by the time until their cookie expires; those whose cookie has expired are in none.',
      samples: bucketSamples('time', expiry),
    },
    {
      name: 'moin_sessions_created',
      help: 'Readable sessions by the time since they were created.',
      samples: bucketSamples('age', age),
    },
    {
      name: 'moin_sessions_seen',
      help: 'Readable sessions by the time since they were last seen.',
      samples: bucketSamples('idle', idle),
    },
    ...(groups === null ? [] : groupFamilies(groups)),
    {
      name: 'moin_sessions_counted_timestamp_seconds',
      help: 'When the sessions were counted.',
      unit: 'seconds',
      samples: [{ value: at.getTime() / SECOND }],
    },
  ];
}

function pairSamples({ rows }: GroupStatistics, field: 'sessions' | 'bytes'): Sample[] {
  return PAIRS.map(({ state = '', kind = null }) => {
    const group = rows.find((row) => row.state === state && row.kind === kind);
    return { labels: { state, kind: kind ?? '' }, value: group?.[field] ?? 0 };
  });
}

function bucketSamples(label: string, buckets: readonly Bucket[]): Sample[] {
  return buckets.map((bucket) => ({ labels: { [label]: bucketText(bucket) }, value: bucket.sessions }));
}

/** Names of labels, where they differ from those of the fields: Prometheus writes them in snake case. */
const LABELS: Readonly<Record<string, string>> = { userId: 'user_id', userName: 'user_name' };

function groupFamilies({ rows, others }: GroupStatistics): MetricFamily[] {
  return [
    {
      name: 'moin_sessions_grouped',
      help: 'Sessions by the fields that were asked for.',
      samples: rows.map((row) => ({ labels: groupLabels(row), value: row.sessions })),
    },
    {
      name: 'moin_sessions_grouped_others',
      help: 'Sessions of all groups that are not named.',
      samples: [{ value: others.sessions }],
    },
  ];
}

function groupLabels({ sessions: _sessions, bytes: _bytes, ...fields }: Group): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [LABELS[name] ?? name, value ?? '']),
  );
}
