import type * as nodeChildProcess from 'node:child_process';
import nodeModule from 'node:module';

/** `node:child_process`, loaded at the first use, as `lateCrypto`: only an audit log in syslog needs it. */
export function lateChildProcess(): typeof nodeChildProcess {
  return nodeModule.createRequire(process.execPath)('node:child_process') as typeof nodeChildProcess;
}
