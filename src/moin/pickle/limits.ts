/** What a pickle may cost at most. */
export interface PickleLimits {
  /** Bytes of the pickle. Default 1 MiB. */
  readonly bytes: number;
  /** Levels of containers. Default 100. */
  readonly depth: number;
  /** Marks, and values that its opcodes make or fetch. Default 250,000. */
  readonly values: number;
  /** Values and characters once each shared part is written out where it is used. Default four times `bytes`. */
  readonly expanded: number;
}

export function completeLimits({
  bytes = 1024 * 1024,
  depth = 100,
  values = 250_000,
  expanded = 4 * bytes,
}: Partial<PickleLimits>): PickleLimits {
  return { bytes, depth, values, expanded };
}
