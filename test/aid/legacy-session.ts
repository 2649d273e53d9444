import { randomUUID } from 'node:crypto';
import type { AuthMethod } from '../../src/auth/method.js';
import type { Json } from '../../src/base/json.js';
import type { SaveResult, Session } from '../../src/session/session.js';

/** The sessions of a system that was there before: by id, with an expiry of their own (ms). */
export class LegacySessions {
  readonly kept = new Map<string, { values: [string, Json][]; expires: number }>();

  /** The session under the cookie, or a new one that gets its id when it is first saved. */
  find(id: string | undefined): LegacySession {
    const kept = this.kept.get(id ?? '');
    return new LegacySession(this, kept === undefined ? null : (id as string), kept?.values ?? []);
  }
}

const LIFETIME = 60_000;

/** A session class that has nothing of ours but the interface (spec 3). */
class LegacySession extends Map<string, Json> implements Session {
  readonly kind = 'anonymous';
  readonly #sessions: LegacySessions;
  #id: string | null;
  #isEnded = false;

  constructor(sessions: LegacySessions, id: string | null, values: [string, Json][]) {
    super(values);
    this.#sessions = sessions;
    this.#id = id;
  }

  get id(): string | null {
    return this.#id;
  }

  get available(): boolean {
    return !this.#isEnded;
  }

  get isNew(): boolean {
    return this.#id === null;
  }

  get expires(): Date | null {
    const kept = this.#sessions.kept.get(this.#id ?? '');
    return kept === undefined ? null : new Date(kept.expires);
  }

  override get(key: string): never {
    return super.get(key) as never;
  }

  override set(key: string, value: unknown): this {
    return super.set(key, value as Json);
  }

  take(key: string): never {
    const value = this.get(key);
    this.delete(key);
    return value;
  }

  async reload(): Promise<boolean> {
    return !this.#isEnded;
  }

  toJSON(): { [key: string]: Json } {
    return Object.fromEntries(this);
  }

  async save(): Promise<SaveResult> {
    if (this.#isEnded || this.size === 0) return 'unchanged';
    this.#id ??= randomUUID();
    this.#sessions.kept.set(this.#id, { values: [...this], expires: Date.now() + LIFETIME });
    return 'saved';
  }

  async destroy(): Promise<void> {
    this.#sessions.kept.delete(this.#id ?? '');
    this.#isEnded = true;
    this.clear();
  }

  async rotate(): Promise<void> {
    await this.destroy();
    this.#isEnded = false;
    this.#id = null;
  }

  async update(key: string, fn: (current: never) => unknown): Promise<never> {
    this.set(key, fn(this.get(key)) as Json);
    return this.get(key);
  }
}

/** Replaces `moin_session`: the cookie `legacy`, set at first, refreshed at each save, and deleted at a logout. */
export function legacySession(sessions: LegacySessions): AuthMethod {
  return {
    name: 'legacy_session',
    async authenticate(request, { user, logout, cookies }) {
      const session = sessions.find(cookies.get('legacy'));
      request.session = session;
      if (logout) await session.destroy();
      const headers = () => {
        if (!session.available) return { 'set-cookie': 'legacy=; Path=/; Max-Age=0', 'x-legacy': 'ended' };
        if (session.id === null) return {};
        const cookie = `legacy=${session.id}; Path=/; Max-Age=${LIFETIME / 1000}`;
        return { 'set-cookie': [cookie, 'legacy_hint=1; Path=/'], 'x-legacy': session.id };
      };
      return { user, continue: true, headers };
    },
  };
}
