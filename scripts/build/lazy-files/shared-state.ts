/**
 * Modules in two lazy files exist twice. That is waste for functions, and wrong for what has an identity.
 * @module
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Metafile } from "esbuild";
import { root } from "../bundle.ts";

/** Module variables, collections that begin empty (what is filled where it is made is a table), and error classes that others may catch. */
const stateful =
  /^(?:(?:export )?(?:let |const [^=\n]*= new (?:Weak)?(?:Map|Set)\b[^(\n]*\(\))|export (?:abstract )?class \w+ extends \w*Error\b)/m;

/** Whether a second copy of a module with this text would be another thing. */
export const keepsState = (source: string): boolean => stateful.test(source);

/** @throws when a module of ours with state or an error class is in two of the files */
export function refuseSharedState(files: ReadonlyArray<{ readonly metafile: Metafile }>): void {
  const times = new Map<string, number>();
  for (const { metafile } of files) {
    for (const module of Object.keys(metafile.inputs)) times.set(module, (times.get(module) ?? 0) + 1);
  }
  const found = [...times]
    .filter(([module, count]) => count > 1 && /^(?:src|worker)\//.test(module))
    .map(([module]) => module)
    .filter((module) => keepsState(readFileSync(path.join(root, module), "utf8")));
  if (found.length > 0) {
    throw new Error(
      `these modules have state or an error class and would exist once per lazy file: ${found.join(", ")}. ` +
        "Import them from a module the entry has, or put what needs them into one lazy file.",
    );
  }
}
