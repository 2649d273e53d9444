import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Syslog } from '../../src/audit/syslog.js';
import { temporaryFolder } from '../aid/folder.js';
import { need } from '../aid/need.js';
import { until } from '../aid/redis/until.js';

/** Stands for syslog: writes each datagram that it gets as a line of its own. */
const LISTENER = `
import socket, sys
sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
sock.bind(sys.argv[1])
print('listening', flush=True)
with open(sys.argv[2], 'ab', buffering=0) as out:
    while True:
        out.write(sock.recv(65536).rstrip(b'\\n\\0') + b'\\n')
`;

const has = (program: string) => spawnSync(program, ['--version']).status === 0;
const MISSING = [
  has('logger') ? null : "there is no 'logger' of util-linux",
  has('python3') ? null : 'there is no python3, which stands for syslog',
].find((reason) => reason !== null);

let socket: string;
let received: string;
let losses: [string, number][];
const onLoss = (error: Error, lines: number) => losses.push([error.message, lines]);
const lines = () => readFileSync(received, 'utf8').split('\n').slice(0, -1);
beforeEach(() => {
  const folder = temporaryFolder();
  socket = join(folder, 'log');
  received = join(folder, 'received');
  writeFileSync(received, '');
  losses = [];
});

async function listen(): Promise<void> {
  const child = spawn('python3', ['-c', LISTENER, socket, received], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill());
  await new Promise((resolve) => child.stdout.once('data', resolve));
}

/** A line as it comes, without time and process id. */
const bare = (line: string) => line.replace(/>.*? moin-sessions\[\d+\]: /, '> ');

describe('an audit log in syslog', () => {
  it('sends each line in order, with the facility auth, its level, and the tag moin-sessions', async (context) => {
    need(context, MISSING ?? null);
    await listen();
    const log = new Syslog(onLoss, socket);
    log.open();
    log.write('{"event":"login"}\n', 'info');
    log.write('{"event":"login-failed","user":"<0>é"}\n', 'warning');
    log.write('{"event":"purged"}\n', 'notice');
    await log.close();
    await until('three lines came', () => lines().length === 3);
    expect(lines()[0]).toMatch(new RegExp(`^<38>.* moin-sessions\\[${process.pid}\\]: `));
    expect(lines().map(bare)).toEqual([
      '<38> {"event":"login"}',
      '<36> {"event":"login-failed","user":"<0>é"}',
      '<37> {"event":"purged"}',
    ]);
    expect(losses).toEqual([]);
  });

  it('loses nothing of a thousand lines of 8 kB, which are more than the pipe holds, nor at a sudden exit', async (context) => {
    need(context, MISSING ?? null);
    await listen();
    const sources = pathToFileURL(join(import.meta.dirname, '../../src/audit/syslog.ts')).href;
    const program = join(temporaryFolder(), 'program.mts');
    writeFileSync(
      program,
      `const { Syslog } = await import(${JSON.stringify(sources)});
       const log = new Syslog((error) => console.error(error), ${JSON.stringify(socket)});
       for (let n = 0; n < 1000; n++) log.write(JSON.stringify({ n, filling: 'x'.repeat(8000) }) + '\\n', 'info');
       process.exit(0);`,
    );
    const jiti = join(import.meta.dirname, '../../node_modules/.bin/jiti');
    const { status, stderr } = spawnSync(process.execPath, [jiti, program], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const numbers = () =>
      new Set(lines().map((line) => /\{"n":(\d+),"filling":"x{8000}"\}$/.exec(line)?.[1]));
    await until('all lines came', () => numbers().size === 1000);
  });

  it('without a syslog: open() says so, and what was written is neither silent nor counted as written', async (context) => {
    need(context, MISSING ?? null);
    const log = new Syslog(onLoss, socket);
    expect(() => log.open()).toThrow(
      /cannot write the audit log in syslog \(socket .*No such file.*\): it needs/,
    );
    expect(log.write('{"n":1}\n', 'info')).toBe(false);
    log.write('{"n":2}\n', 'info');
    await log.close();
    expect(losses.at(-1)).toEqual([expect.stringContaining('cannot write the audit log in syslog'), 2]);
  });

  it('sends what it wrote while syslog was away, when that is back', async (context) => {
    need(context, MISSING ?? null);
    const log = new Syslog(onLoss, socket);
    log.write('{"n":1}\n', 'info');
    await until('logger has failed', () => losses.length > 0);
    expect(losses).toEqual([[expect.stringContaining('No such file'), 0]]);
    await listen();
    log.write('{"n":2}\n', 'info');
    await log.close();
    await until('both lines came', () => lines().length === 2);
    expect(lines().map(bare)).toEqual(['<38> {"n":1}', '<38> {"n":2}']);
    expect(losses.length).toBe(1);
  });

  it('sends what comes after close(), too, and needs no further line for that', async (context) => {
    need(context, MISSING ?? null);
    await listen();
    const log = new Syslog(onLoss, socket);
    log.write('{"n":1}\n', 'info');
    await log.close();
    log.write('{"n":2}\n', 'info');
    await until('both lines came', () => lines().length === 2);
    await log.close();
    expect(losses).toEqual([]);
  });
});
