import { pbkdf2 } from 'node:crypto';
import { fstatSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';
import { closeLater } from '../../src/disk/close-later.js';
import { putFile, temporaryFolder } from '../aid/folder.js';

/** Gives each of Node's four threads some work. */
function keepThreadsBusy(): Promise<unknown> {
  const work = () => promisify(pbkdf2)('password', 'salt', 100_000, 32, 'sha256');
  return Promise.all(Array.from({ length: 8 }, work));
}

/** Something else may have the descriptor by now. */
function isOpen(fd: number, path: string): boolean {
  try {
    return fstatSync(fd).ino === statSync(path).ino;
  } catch {
    return false;
  }
}

it('files wait for a thread that closes them; while 16 wait, the next ones are closed at once', async () => {
  const path = join(temporaryFolder(), 'file');
  putFile(path, '');
  for (let round = 0; round < 2; round++) {
    const busy = keepThreadsBusy();
    const fds = Array.from({ length: 100 }, () => openSync(path, 'r'));
    for (const fd of fds) closeLater(fd);
    const openOnes = () => fds.filter((fd) => isOpen(fd, path));
    expect(openOnes()).toEqual(fds.slice(0, 16));
    await busy;
    await vi.waitFor(() => expect(openOnes()).toEqual([]));
  }
});
