/**
 * What a source file imports, types included, read off its text.
 * @module
 */

export interface Import {
  /** As written. */
  readonly specifier: string;
  /** Nothing of it is there at run time. */
  readonly typeOnly: boolean;
}

const statement =
  /^(?:import|export)\s+(type\s)?[^"';]*?from\s+"([^"]+)"|^import\s+"([^"]+)"|(typeof\s+)?import\("([^"]+)"\)/gm;

export function importsOf(source: string): Import[] {
  return [...source.matchAll(statement)].map(([, type, from, bare, typeOf, dynamic]) => ({
    specifier: from ?? bare ?? dynamic ?? "",
    typeOnly: Boolean(type ?? typeOf),
  }));
}
