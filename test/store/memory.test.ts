import { describeStore, memoryStoreKind } from './contract.js';

describeStore('MemoryStore', memoryStoreKind);
