import { MemoryStore } from '../../src/store/memory.js';
import { describeStore } from './contract.js';

describeStore('MemoryStore', async () => {
  const store = new MemoryStore();
  return {
    store,
    sibling: () => store,
    putBytes: async (id, text) => store.putBytes(id, text),
    dispose: async () => {},
  };
});
