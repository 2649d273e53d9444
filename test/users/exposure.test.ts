import { chmodSync, chownSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { need } from '../aid/need.js';
import { APP, notRoot, STRANGER } from '../aid/ownership.js';
import { directoryAt, place } from './user-file.js';

/** What is warned of when a user file of this owner and mode in such a folder is read, three times. */
async function warnings(folderMode: number, fileOf = 0, fileMode = 0o600): Promise<unknown[]> {
  const { path, folder } = place(APP);
  await directoryAt(path).add('alice', 'secret');
  chownSync(path, fileOf, fileOf);
  chmodSync(path, fileMode);
  chmodSync(folder, folderMode);
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const directory = directoryAt(path);
  for (let n = 0; n < 3; n++) await directory.findByName('alice');
  const texts = warn.mock.calls.map(([text]) => text);
  warn.mockRestore();
  return texts;
}

describe('a user file that others may replace', () => {
  it.for([
    ['in a folder that all may write to', 0o777, APP, 0o600],
    ['that a stranger put into a folder like /tmp', 0o1777, STRANGER, 0o600],
    ['that all may write to', 0o755, APP, 0o666],
  ] as const)('%s: the process warns once, with the remedy', async ([, folder, uid, mode], context) => {
    need(context, notRoot);
    expect(await warnings(folder, uid, mode)).toEqual([
      expect.stringMatching(/^any user of this machine can replace .+ log in as anybody: .+chmod o-w'$/),
    ]);
  });

  it.for([
    ['in a folder of its owner', 0o755, APP, 0o600],
    ['in a folder that a group may write to, as was given to it', 0o775, APP, 0o660],
    ['of our own in a folder like /tmp, or in a mounted secret', 0o1777, 0, 0o644],
    ['of the owner of a folder like /tmp', 0o1777, APP, 0o644],
  ] as const)('%s: no warning', async ([, folder, uid, mode], context) => {
    need(context, notRoot);
    expect(await warnings(folder, uid, mode)).toEqual([]);
  });
});
