import { expect, it } from 'vitest';
import { checkFileSystem } from '../../../../src/store/file/check/file-system.js';
import { Findings } from '../../../../src/store/finding.js';

const GOOD = { type: 0xef53, bsize: 4096, blocks: 10e6, bavail: 5e6, files: 1e6, ffree: 5e5 };

function found(change: Partial<typeof GOOD>): [code: string, what: string][] {
  const findings = new Findings();
  checkFileSystem('/srv/store', { findings }, () => ({ ...GOOD, ...change }));
  return findings.list().map(({ code, what }) => [code, what]);
}

it('a disk with room: nothing', () => {
  expect(found({})).toEqual([]);
});

it.each([
  [{ bavail: 1000 }, 'disk-almost-full', '4 MB are left'],
  [{ bavail: 150_000 }, 'disk-almost-full', '614 MB are left'],
  [{ ffree: 10 }, 'few-inodes', '10 of 1000000 inodes'],
  [{ ffree: 15_000 }, 'few-inodes', '15000 of 1000000 inodes'],
] as const)('%o: %s', (change, code, text) => {
  expect(found(change)).toEqual([[code, expect.stringContaining(text)]]);
});

it('a file system that counts no inodes has not run out of them', () => {
  expect(found({ files: 0, ffree: 0 })).toEqual([]);
});

it.runIf(process.platform === 'linux').each([
  [0x6969, 'NFS'],
  // As Node gives numbers above 2^31.
  [0xff534d42 | 0, 'CIFS'],
])('a network file system %i is %s', (type, name) => {
  expect(found({ type })).toEqual([['network-file-system', expect.stringContaining(name)]]);
});
