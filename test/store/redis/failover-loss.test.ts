import { beforeEach, expect, it } from 'vitest';
import { need } from '../../aid/need.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { measureLoss, type Scenario } from './loss/measure.js';

/** A primary whose replica does not hear of it any more goes on for a second. */
const CUT_OFF: Scenario = {
  fault: 'cut off',
  latency: 1,
  confirmation: 'none',
  args: [],
  before: 300,
  promotedAfter: 1_000,
};

beforeEach((context) => need(context, NO_REDIS));

it('a failover loses what a primary acknowledged that was cut off from its replica', async () => {
  const { acknowledged, lost, span } = await measureLoss(CUT_OFF);
  expect(lost).toBeGreaterThan(0);
  expect(lost).toBeLessThan(acknowledged);
  expect(span).toBeGreaterThan(500);
});

it('WAIT after each write: a failover loses nothing that was confirmed', async () => {
  const { acknowledged, lost, failed } = await measureLoss({ ...CUT_OFF, confirmation: 'wait' });
  expect(acknowledged).toBeGreaterThan(0);
  expect(lost).toBe(0);
  expect(failed).toBeGreaterThan(0);
});

it('min-replicas-to-write: a primary without its replica refuses writes after max-lag', async () => {
  const args = ['--min-replicas-to-write', '1', '--min-replicas-max-lag', '1'];
  const { lost, span, failed } = await measureLoss({ ...CUT_OFF, args, promotedAfter: 5_000 });
  expect(lost).toBeGreaterThan(0);
  expect(span).toBeLessThan(4_000);
  expect(failed).toBeGreaterThan(0);
});
