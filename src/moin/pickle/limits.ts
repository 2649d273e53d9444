/** What a pickle may cost at most. */
export interface PickleLimits {
  /** Bytes of the pickle. Default 1 MiB. */
  readonly bytes: number;
  /** Levels of containers. Default 100. */
  readonly depth: number;
  /** Values that its opcodes make or fetch. Default 250,000. */
  readonly values: number;
  /** Values and characters once each shared part is written out where it is used. Default 4 Mi. */
  readonly expanded: number;
}

const MEBI = 1024 * 1024;

export const PICKLE_LIMITS: PickleLimits = { bytes: MEBI, depth: 100, values: 250_000, expanded: 4 * MEBI };
