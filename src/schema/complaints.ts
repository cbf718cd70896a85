/**
 * What is wrong with a schema, as far as it shows without the engine for patterns.
 * @module
 */
import { LuaSkillsError } from "../errors.ts";
import { SchemaDocument } from "./document.ts";
import { patternComplaint, unsupportedIn } from "./unsupported.ts";
import { mostWork, Work, within } from "./work.ts";

/** Why data cannot be held against it. */
export function schemaComplaints(schema: unknown): string[] {
  try {
    return [...within(mostWork, () => new SchemaDocument(schema, new Work())).patterns].flatMap(([pattern, at]) => {
      const reason = unsupportedIn(pattern);
      return reason === undefined ? [] : [patternComplaint(pattern, at, reason)];
    });
  } catch (thrown) {
    return [LuaSkillsError.from(thrown).message];
  }
}
