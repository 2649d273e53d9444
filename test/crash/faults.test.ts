import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, chownSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../aid/folder.js';
import { need } from '../aid/need.js';
import { STRANGER } from '../aid/ownership.js';
import { tinyFileSystem } from '../store/file/tiny-file-system.js';
import { assertLinearizable } from '../store/history/linear.js';
import { WriterProcess, writtenBy } from '../store/history/writer-process.js';
import { RECORD } from './sample-records.mjs';

const built = inject('built');
const ROOT = process.geteuid?.() === 0;

/** What `faults.mjs` was told, with no more than 100 open files, and as somebody whom rights bind. */
async function toldOf(
  what: 'files' | 'rights',
): Promise<{ told: unknown; found: unknown; revision: number }> {
  const dir = temporaryFolder();
  chmodSync(dir, 0o700);
  if (ROOT) chownSync(dir, STRANGER, STRANGER);
  const script = fileURLToPath(new URL('faults.mjs', import.meta.url));
  const args = [script, built, join(dir, 'sessions'), what, ROOT ? String(STRANGER) : ''];
  const limited = ['-c', 'ulimit -n 100; exec "$@"', 'sh', process.execPath, ...args];
  return JSON.parse((await promisify(execFile)('sh', limited)).stdout);
}

describe('a system that runs short of something half-way (I3)', () => {
  it.each([
    ['files', /^cannot change session .*: too many open files: raise the limit \(ulimit -n\) \(EMFILE\)$/],
    [
      'rights',
      /^cannot change session .*: permission denied: run as the user who owns the store.* \(EACCES\)$/,
    ],
  ] as const)('%s: one line that names the remedy, the old record intact', async (what, message) => {
    const { told, found, revision } = await toldOf(what);
    expect(told).toEqual({ name: 'StoreError', message: expect.stringMatching(message) });
    expect(found).toEqual(RECORD);
    expect(revision).toBe(2);
  });

  it('I1, I2, I3: writers on a full disk are told so, and nothing else is lost', async (context) => {
    const disk = tinyFileSystem('size=128k');
    need(context, disk.missing);
    const { bsize, bavail } = statfsSync(disk.dir);
    writeFileSync(join(disk.dir, 'filler'), Buffer.alloc(bsize * (bavail - 9)));
    const options = { built, where: join(disk.dir, 'sessions'), steps: 300 };
    const writers = [1, 2, 3].map((seed) => new WriterProcess({ ...options, seed }));
    onTestFinished(() => {
      for (const writer of writers) writer.kill();
    });
    const calls = await writtenBy(writers);
    assertLinearizable(calls);
    const errors = calls.flatMap(({ result }) => (result && 'error' in result ? [result.error] : []));
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) expect(error).toMatch(/: the disk is full: make room, [^\n]*\(ENOSPC\)$/);
  });
});

/** What a process did to the disk, in order, as `sync NAME`, `rename NAME NAME` and `unlink NAME` relative to `dir`. */
function disksWork(dir: string, what: string): string[] {
  const log = join(temporaryFolder(), 'strace');
  const calls = 'trace=fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat';
  const script = fileURLToPath(new URL('operation.mjs', import.meta.url));
  const traced = [process.execPath, script, built, dir, what, 'fsync'];
  execFileSync('strace', [
    '-f',
    '-y',
    '-qq',
    '-s',
    '500',
    '-e',
    'signal=none',
    '-e',
    calls,
    '-o',
    log,
    ...traced,
  ]);
  const text = execFileSync('cat', [log], { encoding: 'utf8' });
  return text.split('\n').flatMap((line) => readStrace(line, dir));
}

function readStrace(line: string, dir: string): string[] {
  if (!line.includes(dir) || !line.endsWith('= 0')) return [];
  const [, call = ''] = /^\d+\s+(\w+)\(/.exec(line) ?? [];
  const names = [...line.matchAll(/(?:<|")(\/[^>"]*)(?:>|")/g)].map(([, path = '']) => relative(path, dir));
  const verb = /sync/.test(call) ? 'sync' : call.replace(/(at|at2)$/, '');
  return [[verb, ...names].join(' ')];
}

/** Relative to the store, with ids cut short and random parts left out. */
function relative(path: string, dir: string): string {
  const name = path === dir ? '.' : path.slice(dir.length + 1);
  return name.replace(/\.[0-9a-f]{12}\.tmp$/, '.tmp').replaceAll(/([0-9a-f]{2})[0-9a-f]{30}/g, '$1…');
}

describe("durability 'fsync' (I7)", () => {
  it('syncs a file before its rename and the folder after it, an index entry before the record', async (context) => {
    need(context, missingStrace());
    const dir = join(temporaryFolder(), 'sessions');
    const works = (what: string) => disksWork(dir, what);
    expect(works('create')).toEqual([
      'sync .',
      'sync users/81b',
      'sync users',
      'sync .',
      'sync cd/.cd….json.tmp',
      'rename cd/.cd….json.tmp cd/cd….json',
      'sync cd',
    ]);
    works('prepare');
    expect(works('update')).toEqual(['sync ab/ab….json']);
    const replaced = ['sync ab/.ab….json.tmp', 'rename ab/.ab….json.tmp ab/ab….json', 'sync ab'];
    expect(works('removeKey')).toEqual(replaced);
    expect(works('logout')).toEqual(['rename ab/ab….json ab/ab….gone', 'sync ab', 'sync ab/ab….gone']);
  });
});

/** Null when system calls can be watched here. */
function missingStrace(): string | null {
  try {
    execFileSync('strace', ['-e', 'trace=none', 'true'], { stdio: 'pipe' });
    return null;
  } catch {
    return 'strace is missing, or may not watch processes: install the package strace';
  }
}
