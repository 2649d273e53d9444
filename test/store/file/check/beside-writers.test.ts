import { expect, test } from 'vitest';
import { HOUR } from '../../../../src/base/clock.js';
import { FileStore } from '../../../../src/index.js';
import { RecordCheck } from '../../../../src/session/admin/check/records.js';
import { checkStore } from '../../../../src/store/check.js';
import { Findings } from '../../../../src/store/finding.js';
import { temporaryStore } from '../../../aid/file-store.js';
import { aRecord, idOf, owner } from '../../../aid/records.js';
import { Worker } from '../../processes.js';

const OF_MACHINE = ['disk-almost-full', 'few-inodes', 'network-file-system'];

test.each([false, true])(
  'beside processes that create, save and end sessions nothing looks wrong (isFixing: %s)',
  async (isFixing) => {
    const { store, layout } = temporaryStore();
    const now = Date.now();
    const times = { created: now, seen: now, cookieExpires: now + HOUR, expires: now + 2 * HOUR };
    for (let n = 1000; n < 1100; n++) await store.create({ ...aRecord(n, { user: owner('u') }), ...times });
    const live = JSON.stringify({ ...aRecord('a', { user: owner('u') }), ...times });
    const writers = [
      new Worker({ where: layout.root, job: 'live', argument: live }),
      new Worker({ where: layout.root, job: 'increment', argument: 1e9, only: idOf(1000) }),
      new Worker({ where: layout.root, job: 'increment', argument: 1e9, only: idOf(1001) }),
    ];
    for (const writer of writers) await writer.start();
    const reader = new FileStore(layout.root, { readOnly: !isFixing });
    let seen = 0;
    for (let pass = 0; pass < 6; pass++) {
      const findings = new Findings();
      const onSeen = () => {
        seen += 1;
      };
      const observer = new RecordCheck({ findings, users: undefined, at: now, onSeen });
      await checkStore(reader, { at: now, isFixing, findings, observer });
      expect(findings.list().filter(({ code }) => !OF_MACHINE.includes(code))).toEqual([]);
    }
    await reader.close();
    expect(seen).toBeGreaterThanOrEqual(600);
    // They were at work all the time.
    expect(writers.slice(1).every(({ said }) => said.length > 0)).toBe(true);
  },
);
