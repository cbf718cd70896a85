/**
 * Runtime leases of the JSON API (engine.md §10, §11.2). Refusals of the manager are results, not errors.
 * @module
 */
import type { JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { OptionReader } from "../../skills/options/option-reader.ts";
import type { EngineCore } from "../core.ts";
import { evalInLease } from "../leases/lease-eval.ts";
import { leasesOf } from "../leases/lease-manager.ts";
import { decodeAddress, decodeCreate, decodeEval, decodeSid, type LeaseProfile } from "../leases/lease-requests.ts";
import { authorityOf, invocationOf, type JsonMethod, type MethodContext } from "./method.ts";

type LeaseMethod = (
  profile: LeaseProfile,
  input: OptionReader,
  context: MethodContext,
) => (core: EngineCore) => JsonObject | Promise<JsonObject>;

const create: LeaseMethod = (profile, input) => {
  const request = decodeCreate(input, profile);
  return (core) => {
    const wanted = request();
    if (wanted.entries && !core.settings.isolated) {
      throw new LuaSkillsError(
        "invalid_argument",
        'entries of a session can be limited with isolation: "skill" only; under "shared" all skills are in its VM',
      );
    }
    return leasesOf(core).create(profile, wanted, profile === "public" ? undefined : systemLibrary(core));
  };
};

const evaluate: LeaseMethod = (profile, input, origin) => {
  const request = decodeEval(input, invocationOf(input));
  return (core) => evalInLease(core, profile, request(), core.book.startRun(origin));
};

const status: LeaseMethod = (profile, input) => {
  const address = decodeAddress(input);
  return (core) => leasesOf(core).status(profile, address());
};

const close: LeaseMethod = (profile, input) => {
  const address = decodeAddress(input);
  return (core) => leasesOf(core).close(profile, address());
};

const list: LeaseMethod = (profile, input) => {
  const sid = decodeSid(input);
  return (core) => leasesOf(core).list(profile, sid());
};

/** The library directory of system leases, made when it is missing (§10.1). */
function systemLibrary(core: EngineCore): string {
  const dir = core.settings.hostOptions.systemLuaLibDir ?? core.live.roots[0]?.skills_dir ?? "skills";
  core.services.vfs.mkdir(dir.startsWith("/") ? dir : `${core.settings.runtimeRoot}/${dir}`, { recursive: true });
  return dir;
}

const operations = { create, eval: evaluate, status, list, close };

function methodsOf(prefix: string, wrap: (operation: LeaseMethod) => JsonMethod): Record<string, JsonMethod> {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [`${prefix}_${name}`, wrap(operation)]),
  );
}

export const leaseMethods: Readonly<Record<string, JsonMethod>> = {
  ...methodsOf("runtime_lease", (operation) => (input, context) => {
    const run = operation("public", input, context);
    return ({ core }) => run(core);
  }),
  ...methodsOf("system_runtime_lease", (operation) => (input, context) => {
    const run = operation("system_lua_lib", input, context);
    authorityOf(input, context.fn);
    return ({ core }) => run(core);
  }),
};
