import { fileStoreKind } from '../../aid/file-store.js';
import { describeStore } from '../contract.js';

describeStore('FileStore', fileStoreKind());
describeStore('FileStore with fsync', fileStoreKind({ durability: 'fsync' }));
