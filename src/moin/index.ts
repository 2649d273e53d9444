/// <reference types="node" preserve="true" />

export type { FileName } from './files/names.js';
export { isMoinStore } from './is-moin-store.js';
export type { Layout } from './layout.js';
export type { SecretOwner } from './secrets/owner.js';
export type { UserSecrets, WikiSecrets } from './secrets/secrets.js';
export type { StoredSecrets } from './secrets/secrets-file.js';
export { checkSettings, type WikiSettings } from './settings.js';
export { MoinStore, type MoinStoreOptions } from './store.js';
export type { WikiUser } from './users/user.js';
export { WikiUsers } from './users/users.js';
