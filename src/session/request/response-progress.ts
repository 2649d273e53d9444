/** How far a visit's response is. The adapters know it; a visit that the application begins itself does not. */
export interface ResponseProgress {
  /** The headers are out, so the browser gets no further cookie. */
  readonly hasBegun: boolean;
  /** The response is over and its last save is done: nothing saves later changes. */
  readonly hasEnded: boolean;
}
