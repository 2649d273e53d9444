import type { CheckOptions } from '../../finding.js';
import type { Send } from '../link.js';
import type { RedisParts } from '../parts.js';
import { problemOf } from '../redis-error.js';
import { REDIS_KINDS as KINDS } from './kinds.js';

/** Ms. Answers take time on the way, and Redis gives whole seconds. */
const MOST_SKEW = 5000;
const FULL = 0.9;
const OLDEST = 7;

/** Checks each primary by what it says of itself. A user without the right to ask is told of no finding. */
export async function checkServers({ connection }: RedisParts, { findings }: CheckOptions): Promise<void> {
  const call = connection.call({ isWrite: false });
  await call.onPrimaries(async (primaries) => {
    for (const [address, send] of primaries) await checkServer(send, address || null, findings);
  });
}

async function checkServer(
  send: Send,
  address: string | null,
  findings: CheckOptions['findings'],
): Promise<void> {
  const info = await ask(send, ['INFO']);
  const field = (name: string) => new RegExp(`^${name}:([^\\r\\n]*)`, 'm').exec(info)?.[1] ?? '';
  const policy = field('maxmemory_policy');
  const limit = Number(field('maxmemory'));
  const used = Number(field('used_memory'));
  if (policy.startsWith('allkeys-') || (limit > 0 && policy.startsWith('volatile-')))
    findings.add(KINDS.evicts, address, {
      what: `Redis throws sessions away when its memory is full (maxmemory-policy ${policy}).`,
    });
  if (limit > 0 && used > limit * FULL)
    findings.add(KINDS.almostFull, address, {
      what: `Redis has used ${Math.floor((used / limit) * 100)}% of its memory.`,
    });
  const statuses = ['rdb_last_bgsave_status', 'aof_last_write_status', 'aof_last_bgrewrite_status'].map(
    field,
  );
  if (statuses.includes('err')) findings.add(KINDS.failsToPersist, address);
  if (field('aof_enabled') === '0') findings.add(KINDS.noAppendOnly, address);
  if (field('role') === 'slave') findings.add(KINDS.replica, address);
  const version = field('redis_version');
  if (field('valkey_version') === '' && Number.parseInt(version, 10) < OLDEST)
    findings.add(KINDS.oldVersion, address, { what: `This Redis has version ${version}.` });
  await checkClock(send, address, findings);
}

async function checkClock(
  send: Send,
  address: string | null,
  findings: CheckOptions['findings'],
): Promise<void> {
  const [seconds = ''] = (await ask(send, ['TIME'])).split(',');
  const difference = Number(seconds) * 1000 - Date.now();
  if (seconds === '' || Math.abs(difference) <= MOST_SKEW) return;
  const direction = difference > 0 ? 'ahead of' : 'behind';
  findings.add(KINDS.clock, address, {
    what: `The clock of Redis is ${Math.round(Math.abs(difference) / 1000)} s ${direction} the clock of this machine.`,
  });
}

/** The reply as text; empty for a user without the right. */
async function ask(send: Send, args: string[]): Promise<string> {
  try {
    return String(await send(args));
  } catch (error) {
    if (problemOf(error) === 'denied') return '';
    throw error;
  }
}
