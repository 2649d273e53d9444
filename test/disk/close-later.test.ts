import { fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { closeLater } from '../../src/disk/close-later.js';
import { putFile, temporaryFolder } from '../aid/folder.js';

function isOpen(fd: number): boolean {
  try {
    fstatSync(fd);
    return true;
  } catch {
    return false;
  }
}

it('files are closed on other threads; while many wait for that, the next ones are closed at once', async () => {
  const path = join(temporaryFolder(), 'file');
  putFile(path, '');
  const fds = Array.from({ length: 100 }, () => openSync(path, 'r'));
  const later = fds.filter((fd) => {
    closeLater(fd);
    return isOpen(fd);
  });
  expect(later.length).toBeLessThanOrEqual(16);
  await vi.waitFor(() => expect(fds.filter(isOpen)).toEqual([]));
});
