/**
 * Compiles the wasm, finds out what it is, proves it by a self-test and decides how host calls wait. There are two kinds:
 * ours, derived from wasmoon's (scripts/wasm), and wasmoon's own, for those who bring it ({@link LinkOther}).
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import { loadWasm, wasmUnavailable } from "../../base/wasm/wasm-file.ts";
import type { WaitingStrategy } from "../../contract/contract.ts";
import type { Beginning } from "../beginning.ts";
import type { Images } from "../images.ts";
import type { LuaBootOptions, LuaEngineModule, VmOptions } from "../interface.ts";
import type { LuaParts } from "../parts.ts";
import { WasmLuaVm } from "../vm.ts";
import { hasJspi } from "../waiting/jspi.ts";
import { linkDerived } from "./link.ts";
import { CannotSuspend, proveItWorks } from "./self-test.ts";

const FILE = "lua.wasm";

/** Links what is no lua.wasm of ours. */
export type LinkOther = (module: WebAssembly.Module, waiting: WaitingStrategy) => Promise<Linked>;
type Linked = Pick<LuaParts, "linked" | "hook">;

/** @throws LuaSkillsError wasm_unavailable */
export async function bootModule(options: LuaBootOptions, linkOther?: LinkOther): Promise<LuaEngineModule> {
  const module = await loadWasm(options.wasm, FILE);
  const from = typeof options.wasm === "string" || options.wasm instanceof URL ? String(options.wasm) : "as given";
  const kind = kindOf(module);
  if (!kind || (kind === "stock" && !linkOther))
    throw wasmUnavailable(FILE, from, "is a WebAssembly module, but not the Lua of this package");
  let decided: LuaParts;
  try {
    decided = await decide(module, kind === "stock" ? linkOther : undefined, options.waiting);
  } catch (cause) {
    const reason = messageOf(cause);
    throw wasmUnavailable(FILE, from, `does not pass its self-test: ${reason}`, cause);
  }
  const { linked, yielding } = decided;
  const { prelude, metered } = linked;
  const make = (vmOptions: VmOptions, beginning: Beginning) => new WasmLuaVm(decided, vmOptions, beginning);
  let images: Images | undefined;
  let made = 0;
  const begin = (file: typeof import("../images.ts")) => {
    images ??= new file.Images(make);
    decided.chunks ??= new file.ChunkCache();
  };
  // Without them VMs take longer to make, and nothing else: a host that cannot load the file is told by what it needs.
  const expectMore = () => (metered ? import("../images.ts").then(begin, ignore) : undefined);
  return {
    waiting: yielding ? "Y" : "J",
    metered,
    expectMore,
    createVm: (given) => {
      if (++made === IMAGES_FROM) expectMore();
      const preludes = prelude ? [prelude, ...given.preludes] : given.preludes;
      return images ? images.createVm(given) : make({ ...given, preludes }, {});
    },
  };
}

/** A page with one VM pays nothing for those of others. */
const IMAGES_FROM = 2;
const ignore = () => {};

type Kind = "derived" | "stock";

function kindOf(module: WebAssembly.Module): Kind | undefined {
  const exports = new Set(WebAssembly.Module.exports(module).map((entry) => entry.name));
  if (!exports.has("lua_pcallk") || !exports.has("luaL_newstate")) return undefined;
  if (exports.has("meter_budget") && exports.has("waiting_host_function")) return "derived";
  const imports = new Set(WebAssembly.Module.imports(module).map((entry) => entry.name));
  return imports.has("invoke_vii") && !imports.has("guard_hit") ? "stock" : undefined;
}

async function decide(
  module: WebAssembly.Module,
  linkOther: LinkOther | undefined,
  forced: WaitingStrategy | undefined,
): Promise<LuaParts> {
  const link: (waiting: WaitingStrategy) => Linked | Promise<Linked> = linkOther
    ? (waiting) => linkOther(module, waiting)
    : () => ({ linked: linkDerived(module) });
  if (forced === "J" || (forced === undefined && hasJspi())) {
    const parts: LuaParts = await link("J");
    try {
      await proveItWorks(parts);
      return parts;
    } catch (error) {
      if (forced === "J" || !(error instanceof CannotSuspend)) throw error;
    }
  }
  const { yielding } = await import("../waiting/yielding.ts");
  const parts: LuaParts = { ...(await link("Y")), yielding };
  await proveItWorks(parts);
  return parts;
}
