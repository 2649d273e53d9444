import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openMetricsText } from '../../../src/cli/output/openmetrics.js';
import { statisticsMetrics } from '../../../src/cli/output/statistics-metrics.js';
import { describeEntry, type SessionInfo } from '../../../src/session/admin/info.js';
import { type Dimension, GroupCounts } from '../../../src/session/admin/statistics/groups.js';
import { StatisticsCounter } from '../../../src/session/admin/statistics/statistics.js';
import { need } from '../../aid/need.js';
import { NOW, type Sample, sample } from '../../aid/records.js';

/** Debian's Python has Debian's packages; another one may stand before it in PATH. */
const PYTHON = '/usr/bin/python3';
/** Reads by OpenMetrics and by the text format of Prometheus; prints how many samples each has found, and the names. */
const READ = `
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus
text = sys.stdin.buffer.read().decode()
for parse in (openmetrics, prometheus):
    families = list(parse(text))
    print(sum(len(family.samples) for family in families), all(family.documentation for family in families))
`;

function info(digits: string, fields: Sample = {}): SessionInfo {
  return describeEntry({ id: sample(digits).id, bytes: 100, record: sample(digits, fields) }, NOW, false);
}

function metrics(sessions: SessionInfo[], by: Dimension[] = []): string {
  const counter = new StatisticsCounter(NOW, { by });
  const pairs = new GroupCounts(['state', 'kind']);
  for (const session of sessions) for (const counts of [counter, pairs]) counts.add(session);
  const everything = pairs.result(Number.POSITIVE_INFINITY, NOW);
  return openMetricsText(statisticsMetrics(counter.result(15), everything));
}

function run(command: string, args: string[], input: string) {
  const { status, stdout, stderr } = spawnSync(command, args, { input, encoding: 'utf8' });
  return { status, text: `${stdout}${stderr}`.trim() };
}

/** The samples of a text: lines that are no comments. */
const samplesOf = (text: string) => text.split('\n').filter((line) => /^[^#]/.test(line));

/** With a label whose quotes and backslashes are escaped. */
const SAMPLE = /^x\{name="([^"\\\n]|\\["\\])*"\} \d+$/u;
const HOSTILE = [
  '"} 1\nfake 2 # {',
  'back\\slash\\',
  'tab\tand\u2028line',
  '田中さくら',
  '\ud800',
  '',
  '\u0001',
  '␁',
];
const hostile = HOSTILE.map((user, n) => ({
  ...info(`${n}abc`),
  userId: user,
  userName: user,
  method: user,
}));

const TEXTS: Record<string, string> = {
  'an empty store': metrics([]),
  'two sessions': metrics([info('aaaa'), info('bbbb', { user: null, cookieExpires: NOW - 1 })]),
  'hostile names, by two fields': metrics(hostile, ['user', 'method']),
  'hostile names, by day': metrics(hostile, ['day']),
};

describe('spec 7: stats --format openmetrics', () => {
  it('promtool, which parses as node_exporter does, reads it and finds nothing to mend', (context) => {
    const isThere = run('promtool', ['--version'], '').status === 0;
    need(context, isThere ? null : 'there is no promtool (Debian: prometheus)');
    for (const [name, text] of Object.entries(TEXTS))
      expect({ name, ...run('promtool', ['check', 'metrics'], text) }).toEqual({ name, status: 0, text: '' });
    const broken = TEXTS['two sessions']?.replace('gauge', 'gouge') ?? '';
    expect(run('promtool', ['check', 'metrics'], broken).status).not.toBe(0);
  });

  it('a strict parser of OpenMetrics reads the same samples as one of the older format', (context) => {
    const isThere = run(PYTHON, ['-c', 'import prometheus_client.openmetrics'], '').status === 0;
    need(context, isThere ? null : 'there is no python3-prometheus-client');
    for (const [name, text] of Object.entries(TEXTS)) {
      const line = `${samplesOf(text).length} True`;
      expect({ name, ...run(PYTHON, ['-c', READ], text) }).toEqual({
        name,
        status: 0,
        text: `${line}\n${line}`,
      });
    }
    expect(run(PYTHON, ['-c', READ], metrics([]).replace('# EOF\n', '')).status).toBe(1);
  });

  it('every pair of state and kind has a sample, in an empty store too: an alert needs a 0', () => {
    const stored = samplesOf(metrics([])).filter((line) => line.startsWith('moin_sessions_stored{'));
    expect(stored).toHaveLength(9);
    expect(stored).toContain('moin_sessions_stored{state="active",kind="user"} 0');
    expect(samplesOf(metrics([info('aaaa'), info('abab')]))).toEqual(
      expect.arrayContaining([
        'moin_sessions_stored{state="active",kind="user"} 2',
        'moin_sessions_stored_bytes{state="active",kind="user"} 200',
        'moin_sessions_counted_timestamp_seconds 1777636800',
      ]),
    );
  });

  it('the number of samples does not grow with the store, and names no user unless asked', () => {
    const many = Array.from({ length: 300 }, (_, n) => info(`${n}`.padStart(4, '0'), { user: `user ${n}` }));
    expect(samplesOf(metrics(many)).length).toBe(samplesOf(metrics([])).length);
    expect(metrics(many)).not.toContain('user 7');
    const lines = samplesOf(metrics(many, ['user'])).filter((line) => line.includes('_grouped'));
    expect(lines).toHaveLength(16);
    expect(lines[0]).toBe('moin_sessions_grouped{user_id="id-user 0",user_name="user 0"} 1');
    expect(lines.at(-1)).toBe('moin_sessions_grouped_others 285');
  });

  it('no label ends early, and no two samples have the same labels, whatever the names are', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE))), (names) => {
        const samples = names.map((name) => ({ labels: { name }, value: 1 }));
        const lines = samplesOf(openMetricsText([{ name: 'x', help: 'y', samples }]));
        expect(lines.filter((line) => !SAMPLE.test(line))).toEqual([]);
        expect(new Set(lines.map((line) => line.replace(/ \d+$/, ''))).size).toBe(lines.length);
        const sum = lines.reduce((total, line) => total + Number(/\d+$/.exec(line)?.[0]), 0);
        expect(sum).toBe(names.length);
      }),
    );
  });
});
