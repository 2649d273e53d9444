import type { SessionInfo } from '../../session/admin/info.js';
import { counted, grouped } from './humanize.js';
import { listed, shortName } from './words.js';

/** How many users a question names. */
const MOST_NAMES = 3;

/** Counts the sessions that a command is about to end or remove, for the question before it. Its memory is bounded. */
export class Census {
  total = 0;
  active = 0;
  #refused = 0;
  #denied = 0;
  #hasVisitors = false;
  #hasOthers = false;
  /** By user id, the name. */
  readonly #names = new Map<string, string>();

  /** @param isDenied whether it may be open elsewhere, for only this process lacks the right to read it */
  add(
    { state, userId, userName }: Pick<SessionInfo, 'state' | 'userId' | 'userName'>,
    isDenied = false,
  ): void {
    this.total += 1;
    if (isDenied) this.#denied += 1;
    if (state === 'active') this.active += 1;
    if (state === 'refused') this.#refused += 1;
    if (state === 'unreadable') return;
    if (userId === null) this.#hasVisitors = true;
    else if (this.#names.size < MOST_NAMES || this.#names.has(userId))
      this.#names.set(userId, userName ?? userId);
    else this.#hasOthers = true;
  }

  /** Whether somebody may be thrown out. */
  get needsConsent(): boolean {
    return this.active + this.#refused + this.#denied > 0;
  }

  /** `3 sessions of alice and bob`, `12 sessions (1 active, 2 refused here) of alice and visitors`. */
  text(): string {
    const whose = listed(this.#owners());
    return `${this.counts()}${whose === '' ? '' : ` of ${whose}`}`;
  }

  /** The same without the users. */
  counts(): string {
    const states = [
      ...(this.active < this.total ? [`${grouped(this.active)} active`] : []),
      ...(this.#refused > 0 ? [`${grouped(this.#refused)} refused here`] : []),
      ...(this.#denied > 0 ? [`${grouped(this.#denied)} not to be read here`] : []),
    ];
    const which = states.length === 0 ? '' : ` (${states.join(', ')})`;
    return `${counted(this.total, 'session')}${which}`;
  }

  #owners(): string[] {
    const owners = [...this.#names.values()].map(shortName);
    if (this.#hasOthers) owners.push('other users');
    if (this.#hasVisitors) owners.push('visitors');
    return owners;
  }
}
