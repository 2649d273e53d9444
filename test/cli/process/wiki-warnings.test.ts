import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tidyWarnings } from '../../../src/cli/process/warnings.js';

describe('a warning about a wiki', () => {
  const before = process.listeners('warning');
  const written: string[] = [];
  beforeEach(() => {
    written.length = 0;
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.removeAllListeners('warning');
    for (const listener of before) process.on('warning', listener);
  });

  function warned(invocation: { command: string; isQuiet?: boolean }): readonly string[] {
    tidyWarnings({ invocation });
    const warning = Object.assign(new Error('no \u001b[1mname'), { code: 'MOIN_SESSIONS_WIKI_USER' });
    process.emit('warning', warning);
    return written;
  }

  it('is one line like other notes, without control characters', () => {
    expect(warned({ command: 'list' })).toEqual(['moin-sessions: no \uFFFD[1mname\n']);
  });

  it('is silenced by --quiet, as other notes are', () => {
    expect(warned({ command: 'list', isQuiet: true })).toEqual([]);
  });
});
