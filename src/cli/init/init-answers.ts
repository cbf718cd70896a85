/** What a new skill is made from. */
export interface InitSwitches {
  readonly template?: string;
  readonly name?: string;
  readonly yes?: boolean;
}

export interface InitAnswers {
  readonly folder: string;
  readonly template: string;
  readonly name: string | undefined;
}

/** `my-notes` is shown as `My Notes`. */
export function displayName(id: string): string {
  return id
    .split("-")
    .filter((part) => part !== "")
    .map((part) => part[0]?.toUpperCase() + part.slice(1))
    .join(" ");
}
