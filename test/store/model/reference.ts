import type { SessionRecord, Tombstone } from '../../../src/store/contract.js';

/** What a store promises, in the plainest words: what `src/store/contract.ts` says, and nothing else. */
export class Reference {
  readonly records = new Map<string, SessionRecord>();
  /** Ids under which there are bytes that are no session. */
  readonly damaged = new Set<string>();
  readonly tombstones = new Map<string, Tombstone>();
  /** What the callers' clocks show; it may jump. */
  now = 1_800_000_000_000;

  create(record: SessionRecord): 'created' | 'exists' | 'gone' {
    const { id, seen } = record;
    if ((this.tombstones.get(id)?.until ?? seen) > seen) return 'gone';
    if (this.records.has(id) || this.damaged.has(id)) return 'exists';
    this.tombstones.delete(id);
    this.records.set(id, record);
    return 'created';
  }

  /** What a request finds: nothing under an id with a tombstone. */
  find(id: string): SessionRecord | 'damaged' | null {
    if (this.tombstones.has(id)) return null;
    return this.damaged.has(id) ? 'damaged' : (this.records.get(id) ?? null);
  }

  update(id: string, change: (record: SessionRecord) => SessionRecord | null): SessionRecord | null {
    const record = this.find(id);
    const next = record && record !== 'damaged' && change(record);
    if (!next) return null;
    const updated = { ...next, revision: (record as SessionRecord).revision + 1 };
    this.records.set(id, updated);
    return updated;
  }

  delete(
    id: string,
    when: ((record: SessionRecord) => boolean) | undefined,
    tombstone: Tombstone | undefined,
    keepUnreadable: boolean,
  ): boolean {
    const record = this.records.get(id);
    const isThere = record !== undefined || this.damaged.has(id);
    if (isThere && when !== undefined && (record === undefined || !when(record))) return false;
    if (tombstone !== undefined) this.tombstones.set(id, tombstone);
    if (keepUnreadable && this.damaged.has(id)) return false;
    this.records.delete(id);
    this.damaged.delete(id);
    return isThere;
  }

  ids(): string[] {
    return [...this.records.keys(), ...this.damaged].sort();
  }

  sweep(at: number): void {
    for (const [id, { until }] of this.tombstones) if (until <= at) this.tombstones.delete(id);
  }
}
