import type { TestContext } from 'vitest';

/**
 * Ends a test that this machine cannot run, and says so; where MOIN_SESSIONS_NO_SKIP=1 (CI) it fails instead.
 * @param missing what is not there, or null
 */
export function need(context: TestContext, missing: string | null): void {
  if (missing === null) return;
  const what = `'${context.task.name}' was not tested: ${missing}`;
  if (process.env.MOIN_SESSIONS_NO_SKIP === '1') throw new Error(what);
  console.warn(what);
  context.skip(what);
}
