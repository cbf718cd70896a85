/** What the bridge did, refused and saw: one line of JSON an event, for the terminal and a log file. */
export interface AuditEvent {
  /** `pair`, `connect`, `disconnect`, `refuse`, `exec`, `exit`, `session`, `load`, … */
  readonly event: string;
  readonly origin?: string | undefined;
  readonly [fact: string]: unknown;
}

export interface AuditLog {
  write(event: AuditEvent): void;
  /** Hears what concerns one origin. Answers how to stop. */
  follow(origin: string | undefined, listener: (line: string) => void): () => void;
}

/** @param sink takes one line without its line end */
export function auditLog(sink: (line: string) => void, now: () => Date = () => new Date()): AuditLog {
  const followers = new Set<{ readonly origin: string | undefined; readonly listener: (line: string) => void }>();
  return {
    write(event) {
      const line = JSON.stringify({ time: now().toISOString(), ...event });
      sink(line);
      for (const { origin, listener } of followers) if (origin === event.origin) listener(line);
    },
    follow(origin, listener) {
      const follower = { origin, listener };
      followers.add(follower);
      return () => void followers.delete(follower);
    },
  };
}
