import { expect, it } from 'vitest';
import { MemoryStore } from '../../../src/store/memory.js';
import { withStore } from '../../../src/testing/store/suite.js';
import { cli } from '../../aid/cli/fake-context.js';

/** A store that connects when it is opened. */
class ConnectingStore extends MemoryStore {
  isConnected = false;

  async open(): Promise<void> {
    this.isConnected = true;
  }

  override scan(...args: Parameters<MemoryStore['scan']>): ReturnType<MemoryStore['scan']> {
    if (!this.isConnected) throw new Error('not connected');
    return super.scan(...args);
  }
}

it('spec 6: the command line opens the store before it looks', async () => {
  const store = new ConnectingStore();
  const { code, out } = await cli({ store }, 'list', '--store', 'memory:', '--format', 'count');
  expect([code, out.trim()]).toEqual([0, '0']);
});

it('spec 6: so does the suite for stores of one’s own', async () => {
  await withStore({ open: () => new ConnectingStore() }, async ({ store }) => {
    for await (const _ of store.scan()) expect.unreachable();
  });
});
