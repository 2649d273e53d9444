/** The property that every `MoinStore` has, also one of another copy of this package. */
export const MOIN_STORE: unique symbol = Symbol.for('moin-sessions.MoinStore') as never;
