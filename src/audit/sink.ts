/** Where the lines of an audit log go. */
export interface AuditSink {
  /** The place, for messages: `audit log FILE`. */
  readonly name: string;
  /** Checks that lines can be written. Writes none. @throws StoreError with the remedy */
  open(): void;
  /**
   * Writes one line, which ends with a line feed, in the turn of the call. @throws StoreError when the line is lost
   * @param level how much it matters, for syslog
   * @returns whether the line is certainly written: syslog may still fail
   */
  write(line: string, level: Level): boolean;
  /** Resolves when everything is written. A later `write` opens it again. */
  close(): Promise<void>;
}

/** The severity of a line, after RFC 5424, 6.2.1. */
export type Level = 'warning' | 'notice' | 'info';

/** Called with lines that are lost after `write` has returned. */
export type OnLoss = (error: Error, lines: number) => void;
