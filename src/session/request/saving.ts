import { SerialQueue } from '../../base/serial-queue.js';
import type { SessionRecord } from '../../store/contract.js';
import type { TokenCarrier } from '../cookie/token-carrier.js';
import { eventDetails } from '../lifecycle/events.js';
import { kindOf, type SessionIdentity } from '../lifecycle/identity.js';
import type { SessionManager } from '../lifecycle/manager.js';
import type { SaveResult } from '../session.js';
import { applyChanges, type Snapshot } from '../values/changes.js';
import { applyStep, type Step } from '../values/step.js';
import type { Values } from '../values/values.js';
import { type Availability, isSaveDue, type Open, OVER } from './availability.js';

/** Saves the values of one request's session. Its operations run one after the other. */
export class Saving {
  protected readonly manager: SessionManager;
  /** Where the token goes. */
  protected readonly cookie: TokenCarrier;
  protected readonly values: Values;
  protected availability: Availability;
  protected readonly queue = new SerialQueue();

  constructor(manager: SessionManager, cookie: TokenCarrier, values: Values, state: Availability) {
    this.manager = manager;
    this.cookie = cookie;
    this.values = values;
    this.availability = state;
  }

  get state(): Availability {
    return this.availability;
  }

  /**
   * Whether a save would write nothing and none is under way. @throws TypeError for a value that is not JSON any more
   */
  get isSettled(): boolean {
    if (!this.queue.isIdle) return false;
    const { changes } = this.values.snapshot();
    return (
      this.availability.status !== 'open' || !isSaveDue(this.availability, this.values, changes, this.manager)
    );
  }

  save(): Promise<SaveResult> {
    return this.queue.run(async () => {
      const state = this.availability;
      const snapshot = this.values.snapshot();
      const { changes } = snapshot;
      if (state.status !== 'open') return changes.size > 0 ? 'unavailable' : 'unchanged';
      return isSaveDue(state, this.values, changes, this.manager)
        ? this.#write(state, snapshot)
        : 'unchanged';
    });
  }

  /** As `save`, in this turn. False when it has to wait: then nothing is done. @throws as `save` */
  saveNow(): boolean {
    if (!this.queue.isIdle) return false;
    const state = this.availability;
    const snapshot = this.values.snapshot();
    if (state.status !== 'open' || !isSaveDue(state, this.values, snapshot.changes, this.manager))
      return true;
    const { identity, record } = state;
    const saved = record === null ? 'busy' : this.manager.updateNow(identity, editOf(snapshot));
    if (saved === 'busy') return false;
    this.#updated(identity, saved, snapshot);
    return true;
  }

  /**
   * Takes the step and saves its result now, with all other changes. If nothing can be saved, the result is kept for
   * this request alone.
   */
  update(step: Step): Promise<SaveResult> {
    return this.queue.run(async () => {
      const state = this.availability;
      const result =
        state.status === 'open' ? await this.#write(state, this.values.snapshot(), step) : 'unavailable';
      if (result !== 'saved') this.values.set(step.key, step.take(this.values.get(step.key)));
      return result;
    });
  }

  /** Whether a change is left that no save under way takes along. */
  hasUnsavedChanges(): Promise<boolean> {
    return this.queue.run(
      async () => this.availability.status === 'open' && this.values.snapshot().changes.size > 0,
    );
  }

  async #write({ identity, record }: Open, snapshot: Snapshot, step?: Step): Promise<SaveResult> {
    const edit = editOf(snapshot, step);
    const created = record === null ? await this.manager.create(identity, edit({})) : 'exists';
    if (created === 'gone') return this.drop(identity);
    if (created === 'exists')
      return this.#updated(identity, await this.manager.update(identity, edit), snapshot, step);
    this.adopt(identity, created, snapshot);
    return 'saved';
  }

  /** After an update: null if there was nothing to update any more. */
  #updated(
    identity: SessionIdentity,
    record: SessionRecord | null,
    snapshot: Snapshot,
    step?: Step,
  ): SaveResult {
    if (record === null) return this.drop(identity);
    const isChanged = snapshot.changes.size > 0 || step !== undefined;
    this.manager.emit(isChanged ? 'saved' : 'refreshed', eventDetails(record));
    this.adopt(identity, record, snapshot);
    return 'saved';
  }

  /** The session is under this identity now, with this record. */
  protected adopt(identity: SessionIdentity, record: SessionRecord, snapshot: Snapshot): void {
    this.availability = { status: 'open', identity, record };
    this.values.rebase(record.data, snapshot);
    if (record.cookieExpires > this.manager.now()) this.cookie.set(identity, record.cookieExpires);
  }

  /** I2: the session ended during this request, so its save is dropped and reported. */
  protected drop(identity: SessionIdentity): 'dropped' {
    const { id, owner } = identity;
    this.manager.emit('save-dropped', { id, kind: kindOf(identity), ...(owner && { user: owner.name }) });
    this.availability = OVER;
    return 'dropped';
  }
}

/** What a save makes of the data that the store has. */
function editOf({ changes }: Snapshot, step?: Step): (data: SessionRecord['data']) => SessionRecord['data'] {
  return (data) => {
    const edited = applyChanges(data, changes);
    return step === undefined ? edited : applyStep(edited, step);
  };
}
