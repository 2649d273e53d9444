import { fileStoreUnderTest } from '../../aid/file-store.js';
import { describeStore } from '../contract.js';

describeStore('FileStore', () => fileStoreUnderTest());
describeStore('FileStore with fsync', () => fileStoreUnderTest({ durability: 'fsync' }));
