/**
 * What helps when a dependency is missing. Beside the native text, which the log has as it is.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";

/** The host option that allows what a dependency lacks: in `data.option` of an error that it would have helped against. */
export const downloadOption = "allow_network_download";

/** For an error of `SkillDependencies.prepare`. */
export function withDependencyHint(error: LuaSkillsError): LuaSkillsError {
  const { dependency, dependencyKind: kind, option } = error.data;
  if (typeof dependency !== "string") return error;
  if (kind === "lua" && option !== downloadOption) return error;
  return new LuaSkillsError(error.code, `${error.message}. ${kind === "lua" ? forLua : forNative}`, {
    data: { ...error.data, option: kind === "lua" ? downloadOption : "dependencyPolicy" },
    cause: error.cause,
  });
}

const forLua =
  "Put its files where they are looked for, or allow the download with hostOptions: { allow_network_download: true }";
const forNative =
  'Programs and native libraries run only through the bridge: process: { kind: "bridge" } (`luaskills-wasm bridge`). ' +
  'dependencyPolicy: "lenient" loads the skill without them';
