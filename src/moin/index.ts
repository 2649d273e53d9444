/// <reference types="node" preserve="true" />
export { isMoinStore } from './is-moin-store.js';
export type { Layout } from './layout.js';
export type { FileName } from './names.js';
export type { SecretOwner, UserSecrets, WikiSecrets } from './secrets.js';
export type { StoredSecrets } from './secrets-file.js';
export { checkSettings, type WikiSettings } from './settings.js';
export { MoinStore, type MoinStoreOptions } from './store.js';
export type { WikiUser } from './user.js';
export { WikiUsers } from './users.js';
