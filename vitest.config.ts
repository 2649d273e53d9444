import { defineConfig } from 'vitest/config';

/**
 * What `npm run test:fast` leaves out: tests that start processes or browsers, kill or fuzz, race many logins or stores,
 * hash many passwords, or fill disks; and tests that replace a module of Node or expect the first warning of a process,
 * because the fast tests share processes there (`--no-isolate`: a process for each file would cost most of the time).
 */
const SLOW = [
  'test/{crash,ecosystem,fuzz,docs,platform,stories}/**/*.test.ts',
  'test/audit/{processes,swapped-folder,syslog}.test.ts',
  'test/auth/methods/{ssl-client-cert,moin-session/limit-at-once}.test.ts',
  'test/cli/completion/shells.test.ts',
  'test/cli/process/**/*.test.ts',
  'test/cli/output/{interruption,openmetrics}.test.ts',
  'test/cli/schemas.test.ts',
  'test/cli/site/{config-module,trust}.test.ts',
  'test/cli/sort/sorter.test.ts',
  'test/cli/commands/users*.test.ts',
  'test/disk/{lock,file}-shortage.test.ts',
  'test/simulate/writes-nothing.test.ts',
  'test/moin/files/swapped-folder.test.ts',
  'test/moin/write/{beside-wiki,disk-and-rights,ended-samples,killed}.test.ts',
  'test/**/*-warning.test.ts',
  'test/moin/pickle/{bounds,python}.test.ts',
  'test/store/{concurrency,mutants}.test.ts',
  'test/store/{history,model}/**/*.test.ts',
  'test/store/redis/**/*.test.ts',
  'test/store/file/{faults,file-system,linked,odd,planted,processes,secret,store,umask,user-index}.test.ts',
  'test/store/file/check/beside-writers.test.ts',
  'test/users/{file,flood,gone,import,password,scrypt,swapped-folder,work}.test.ts',
];

/** The example's tests say `moin-sessions`, as an application does: here these are the sources. */
const PACKAGE = [
  { find: /^moin-sessions$/, replacement: `${import.meta.dirname}/src/index.ts` },
  { find: /^moin-sessions\/express$/, replacement: `${import.meta.dirname}/src/web/express.ts` },
  { find: /^moin-sessions\/testing$/, replacement: `${import.meta.dirname}/src/testing/index.ts` },
];

const shared = { testTimeout: 30_000, hookTimeout: 60_000 };
/** The packages of `test/ecosystem` bring tests of their own. */
const FOREIGN = '**/node_modules/**';

export default defineConfig({
  test: {
    // Counted with `--coverage` alone.
    coverage: { include: ['src/**'], reporter: ['text-summary'] },
    projects: [
      {
        resolve: { alias: PACKAGE },
        test: {
          ...shared,
          name: 'fast',
          include: ['test/**/*.test.ts', 'examples/shop/*.test.ts'],
          exclude: [...SLOW, FOREIGN],
        },
      },
      {
        test: {
          ...shared,
          name: 'slow',
          include: SLOW,
          exclude: [FOREIGN],
          globalSetup: 'test/aid/global-setup.ts',
        },
      },
    ],
  },
});
