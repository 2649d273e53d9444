import { MoinSessionsError } from '../../base/errors.js';

/** Bytes that are no pickle of plain data, or more of it than the limits allow. The message is one sentence and quotes no data. */
export class PickleError extends MoinSessionsError {
  constructor(
    message: string,
    /** Python's name of the opcode at fault (`GLOBAL`), or null if no single opcode is. */
    readonly opcode: string | null = null,
  ) {
    super(message);
  }
}
