declare module 'fs-native-extensions' {
  /** Takes the lock on a range of bytes of an open file; false if another open file has it. */
  export function tryLock(fd: number, offset: number, length: number): boolean;
  export function unlock(fd: number, offset: number, length: number): void;
}
