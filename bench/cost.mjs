import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './folder.mjs';
import { show } from './report.mjs';
import { send, startSite } from './site.mjs';

const KINDS = ['bare', 'moin-sessions, files'];
const PATHS = { read: '/read', written: '/write' };
/** The heap's young part is so large that no garbage is collected while it is measured. */
const ROOMY = ['--min-semi-space-size=512', '--max-semi-space-size=512'];

/** More requests would fill it. */
const MOST = 500;

/** The bytes that a request allocates, and its system calls, on Express. */
export async function cost(options) {
  const count = Math.min(options.count, MOST);
  const allocated = {};
  const calls = {};
  for (const kind of KINDS) {
    const site = await startSite('express', kind, { execArgv: ROOMY });
    for (const [name, path] of Object.entries(PATHS)) {
      const row = `${kind}, ${name}`;
      await send(site, path, { amount: 2 * count });
      allocated[row] = { bytes: await bytesOf(site, path, count) };
      if (hasStrace()) calls[row] = await callsOf(site, path, count);
    }
    await site.stop();
  }
  const results = [{ id: 'cost/allocated', title: 'Bytes allocated a request', contestants: allocated }];
  if (hasStrace())
    results.push({
      id: 'cost/calls',
      title: 'System calls a request',
      isTransposed: true,
      contestants: withAllNames(calls),
    });
  else console.log('strace is not installed: the benchmark counts no system calls');
  for (const result of results) show(result);
  return results;
}

async function bytesOf(site, path, count) {
  const before = await site.usage();
  await send(site, path, { amount: count });
  const after = await site.usage();
  // A collection makes the difference meaningless.
  return after.collections === before.collections ? (after.heap - before.heap) / count : Number.NaN;
}

/** @returns calls a request by name, and `all` */
async function callsOf(site, path, count) {
  const file = join(temporaryFolder(), 'calls');
  const strace = spawn('strace', ['-c', '-f', '-o', file, '-p', String(site.pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await once(strace.stderr, 'data');
  await send(site, path, { amount: count });
  strace.kill('SIGINT');
  await once(strace, 'exit');
  const rows = readFileSync(file, 'utf8').matchAll(/^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s.*?(\w+)$/gm);
  return Object.fromEntries(
    Array.from(rows, ([, calls, name]) => [name === 'total' ? 'all' : name, calls / count]),
  );
}

/** Gives each row the names of all rows, without calls that are rarer than one in ten requests everywhere. */
function withAllNames(calls) {
  const rows = Object.values(calls);
  const names = [...new Set(rows.flatMap(Object.keys))].filter((name) =>
    rows.some((row) => row[name] >= 0.1),
  );
  return Object.fromEntries(
    Object.entries(calls).map(([kind, row]) => [
      kind,
      Object.fromEntries(names.map((name) => [name, row[name] ?? 0])),
    ]),
  );
}

function hasStrace() {
  try {
    execFileSync('strace', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
