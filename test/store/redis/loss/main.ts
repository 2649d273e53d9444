import { measureLoss, type Scenario } from './measure.js';

/**
 * `jiti test/store/redis/loss/main.ts`: what a failover loses of the writes that were acknowledged, as a table. The
 * figures of docs/scaling.md.
 */
const KILLED = { fault: 'killed', before: 1_500, promotedAfter: 0 } as const;
const LOST = { ...KILLED, fault: 'lost' } as const;
const CUT_OFF = { fault: 'cut off', before: 2_000, promotedAfter: 15_000 } as const;

const SETTINGS: [name: string, setting: Pick<Scenario, 'confirmation' | 'args'>][] = [
  ['as installed', { confirmation: 'none', args: [] }],
  ['min-replicas-to-write 1, max-lag 10', { confirmation: 'none', args: minReplicas(10) }],
  ['min-replicas-to-write 1, max-lag 2', { confirmation: 'none', args: minReplicas(2) }],
  ['WAIT 1 after each write', { confirmation: 'wait', args: [] }],
];

console.log(`Node ${process.version}`);
console.log('| primary | one way | setting | acknowledged | lost | over ms | known to have failed |');
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const fault of [KILLED, LOST, CUT_OFF])
  for (const latency of [0, 1, 20])
    for (const [name, setting] of SETTINGS) {
      if (fault === CUT_OFF && latency !== 1) continue;
      const { acknowledged, lost, span, failed } = await measureLoss({ ...fault, ...setting, latency });
      const row = [fault.fault, `${latency} ms`, name, acknowledged, lost, span, failed];
      console.log(`| ${row.join(' | ')} |`);
    }

function minReplicas(lag: number): string[] {
  return ['--min-replicas-to-write', '1', '--min-replicas-max-lag', String(lag)];
}
