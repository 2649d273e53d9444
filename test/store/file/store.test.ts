import { describeStore } from '../contract.js';
import { fileStoreUnderTest } from '../folder.js';

describeStore('FileStore', () => fileStoreUnderTest());
describeStore('FileStore with fsync', () => fileStoreUnderTest({ durability: 'fsync' }));
