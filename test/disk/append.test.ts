import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { DiskWriter } from '../../src/disk/writer.js';
import { temporaryFolder } from '../aid/folder.js';
import { need } from '../aid/need.js';

const noPipes = process.platform === 'win32' ? 'Windows has no named pipes in folders' : null;

it('nothing is added to a pipe whose reader waits: the line would be gone', (context) => {
  need(context, noPipes);
  const root = temporaryFolder();
  const path = join(root, 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(reader));
  expect(() => new DiskWriter(root, 'process').append(path, 'a line\n')).toThrow(
    expect.objectContaining({ code: 'ENXIO' }),
  );
  expect(readSync(reader, Buffer.alloc(10))).toBe(0);
});
