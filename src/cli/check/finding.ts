/** Something `check` has to say about a skill. */
export interface Finding {
  /** An error keeps the skill, or a part of it, from working; a warning is for some hosts, or for taste. */
  readonly severity: "error" | "warning";
  /** Below the skill's folder; empty: the folder itself. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

export function error(file: string, message: string, at: Position = {}): Finding {
  return { severity: "error", file, message, ...at };
}

export function warning(file: string, message: string, at: Position = {}): Finding {
  return { severity: "warning", file, message, ...at };
}

export interface Position {
  readonly line?: number;
  readonly column?: number;
}

/** `skills/notes/skill.yaml:3:5 error: …`, as editors and terminals find it. */
export function findingText({ severity, file, line, column, message }: Finding, folder: string): string {
  const path = [folder, file].filter((part) => part !== "" && part !== ".").join("/") || ".";
  const place = [path, line, column].filter((each) => each !== undefined);
  return `${place.join(":")} ${severity}: ${message}`;
}
