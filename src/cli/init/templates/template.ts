/** What a template makes of a name. */
export interface TemplateNames {
  /** The folder's name. */
  readonly id: string;
  /** The display name. */
  readonly name: string;
}

export interface Template {
  readonly about: string;
  /** Paths below the skill's folder → text. */
  files(names: TemplateNames): Readonly<Record<string, string>>;
}

const schemaLine = "# yaml-language-server: $schema=./types/skill.schema.json\n";

/** `skill.yaml` from its parts; what every template has at its head. */
export function manifest({ name }: TemplateNames, rest: string): string {
  return `${schemaLine}name: ${JSON.stringify(name)}\nversion: 0.1.0\n${rest}`;
}
