import { delimiter } from 'node:path';

/**
 * The Node that runs the tests, and those whose paths MOIN_SESSIONS_NODES lists: some of what is tested differs from
 * version to version (Node 22 has a compile cache, 22.18 strips types).
 */
export const NODES = [process.execPath, ...(process.env.MOIN_SESSIONS_NODES?.split(delimiter) ?? [])];
