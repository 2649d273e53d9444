import { andThen, type Soon } from '../base/soon.js';
import type { Settings } from '../config/settings.js';
import { SessionAdmin } from '../session/admin/admin.js';
import type { AdminSources } from '../session/admin/select.js';
import type { CookieSigner } from '../session/cookie/signer.js';
import { StoreSigner } from '../session/cookie/store-signer.js';
import type { Emit } from '../session/lifecycle/events.js';
import type { SessionStore } from '../store/contract.js';
import type { StoreOpening } from '../store/opener.js';
import type { UserDirectory } from '../users/directory.js';
import type { UserCache } from '../users/user-cache.js';
import { createSite } from './create-site.js';
import type { Site } from './site.js';

/** A site whose store is open. */
export interface OpenSite {
  store: SessionStore;
  admin: SessionAdmin;
  /** The site for the next request. A new one when the secret in the store has changed. */
  site: () => Soon<Site>;
}

export interface OpenSiteOptions {
  openStore: StoreOpening;
  users: UserDirectory | undefined;
  userCache: UserCache | null;
  /** Null: the store keeps the secret. */
  signer: CookieSigner | null;
  emit: Emit;
  onRemoved?: AdminSources['onRemoved'];
}

/** @throws StoreError when the store cannot work here; ConfigurationError when there is no `signer` and the store keeps no secret */
export async function openSite(
  settings: Settings,
  { openStore, users, userCache, signer, emit, onRemoved }: OpenSiteOptions,
): Promise<OpenSite> {
  const store = await openStore();
  const methods = settings.methods.map(({ name }) => name);
  const admin = new SessionAdmin({
    store,
    users,
    methods,
    clock: settings.clock,
    emit,
    ...(onRemoved && { onRemoved }),
  });
  const siteWith = (signer: CookieSigner) => createSite(settings, { store, users, userCache, signer, emit });
  try {
    await store.open?.();
    if (signer !== null) {
      const site = siteWith(signer);
      return { store, admin, site: () => site };
    }
    return { store, admin, site: await siteOfStore(store, settings, siteWith) };
  } catch (error) {
    // The next request opens a store again. The application's own store object stays open.
    if (store !== settings.store) await store.close();
    throw error;
  }
}

/** The site under the secret that the store keeps. */
async function siteOfStore(
  store: SessionStore,
  { cookieName, clock }: Settings,
  siteWith: (signer: CookieSigner) => Site,
): Promise<() => Soon<Site>> {
  const kept = new StoreSigner(store, cookieName, clock);
  let site = siteWith(await kept.signer());
  return () =>
    andThen(kept.signer(), (signer) => {
      if (signer !== site.signer) site = siteWith(signer);
      return site;
    });
}
