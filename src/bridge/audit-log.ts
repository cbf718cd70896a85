/** What the bridge did, refused and saw: one line of JSON an event, for the terminal and a log file. */
export interface AuditEvent {
  /** `pair`, `connect`, `disconnect`, `refuse`, `exec`, `exit`, `session`, `load`, … */
  readonly event: string;
  readonly origin?: string | undefined;
  readonly [fact: string]: unknown;
}

export interface AuditLog {
  write(event: AuditEvent): void;
}

/** @param sink takes one line without its line end */
export function auditLog(sink: (line: string) => void, now: () => Date = () => new Date()): AuditLog {
  return { write: (event) => sink(JSON.stringify({ time: now().toISOString(), ...event })) };
}
