/**
 * A VM with skills in it, and the drivers of its scope (host/call/scope.lua) ready to be called.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { VmKind } from "../../host/runtime/runtime.ts";
import {
  type LuaFunctionRef,
  type LuaReader,
  LuaRunError,
  type LuaValue,
  type LuaVm,
  type RunOptions,
} from "../../lua/interface.ts";
import { packageFile } from "../../skills/manifest/package-path.ts";
import type { LoadedSkill, RegisteredEntry } from "../../skills/types.ts";
import { readText, reasonText } from "../../skills/vfs-text.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { position, runFailure } from "./run-error.ts";

/** What the engine calls inside a VM; see scope.lua for arguments and answers. */
export type DriverName = "call_entry" | "run_code" | "luaexec" | "help" | "help_function" | "load_chunk" | "check";

export interface SkillEntries {
  readonly skill: LoadedSkill;
  /** With canonical names, in manifest order. */
  readonly entries: readonly RegisteredEntry[];
}

export class LoadedVm {
  readonly #drivers = new Map<string, LuaFunctionRef>();
  /** Its skills are in and `vulcan.call` works. */
  ready = false;
  /** A skill destroyed its scope (vulcan-api.md §3.3): it serves no more. */
  damaged = false;
  /** It knows the state it was made in. */
  remembers = false;

  /** `surroundings`: what was around when it was made, as {@link VmBookOptions.surroundings} has it. */
  constructor(
    readonly vm: LuaVm,
    readonly kind: VmKind,
    readonly surroundings = "",
  ) {}

  driver(name: string): LuaFunctionRef {
    let found = this.#drivers.get(name);
    if (!found) {
      found = this.vm.exported(name);
      this.#drivers.set(name, found);
    }
    return found;
  }

  run<T>(name: DriverName, args: readonly LuaValue[], read: (reader: LuaReader) => T, options: RunOptions): Promise<T> {
    return this.vm.run(this.driver(name), args, read, options);
  }

  /** Whether the scope survived a run that raised: the text of the damage, or undefined (vulcan-api.md §3.3). */
  check(): string | undefined {
    try {
      return this.vm.runSync(this.driver("check"), [], (reader) => reader.text(1));
    } catch (error) {
      if (error instanceof LuaRunError) return error.message;
      throw error;
    }
  }

  /** The state before `vulcan.call` and the database tables exist (§3.1), in which chunks run. */
  beginLoading(): void {
    this.vm.runSync(this.driver("begin_loading"), [], nothing);
  }

  /** Runs the chunks of one skill (§3.1 step 5). @throws LuaSkillsError with a text of §3.1 */
  async loadChunks(vfs: Vfs, skill: LoadedSkill, options: RunOptions): Promise<void> {
    for (const entry of skill.manifest.entries) await loadChunk(this, vfs, skill, entry, options);
  }

  /** Names the entries and installs the real `vulcan.call` (§3.1 step 6). */
  endLoading(skills: readonly SkillEntries[]): void {
    for (const item of skills) this.vm.runSync(this.driver("define_skill"), [skillRecord(item)], nothing);
    this.vm.runSync(this.driver("end_loading"), [], nothing);
    this.ready = true;
  }
}

function nothing(): undefined {
  return undefined;
}

/** Compiles an entry file and runs its chunk, which must answer the handler. @throws LuaSkillsError with a text of §3.1 */
export async function loadChunk(
  loaded: LoadedVm,
  vfs: Vfs,
  skill: LoadedSkill,
  entry: { readonly luaEntry: string; readonly luaModule: string },
  options: RunOptions,
): Promise<void> {
  const source = entrySource(vfs, skill, entry.luaEntry);
  const label = `'${skill.manifest.name}::${entry.luaModule}'`;
  const data = { skillId: skill.skillId, module: entry.luaModule, file: packageFile(skill.dir, entry.luaEntry) };
  const failure = (verb: string, text: string, code: "lua_syntax_error" | "lua_error", cause?: LuaRunError) => {
    const trace = cause?.details.traceback;
    return new LuaSkillsError(code, `Failed to ${verb} skill ${label}: ${text}`, {
      data: { ...data, ...position(text) },
      cause,
      ...(trace === undefined ? {} : { luaTraceback: trace }),
    });
  };
  let problem: { stage: string | undefined; text: string };
  try {
    problem = await loaded.run(
      "load_chunk",
      [entry.luaModule, source],
      (reader) => ({ stage: reader.text(1), text: reader.text(2) ?? "" }),
      options,
    );
  } catch (error) {
    if (!(error instanceof LuaRunError)) throw error;
    if (error.kind === "stopped") throw runFailure(error, `Failed to initialize skill ${label}: `, data);
    throw failure("initialize", `runtime error: ${error.message}`, "lua_error", error);
  }
  if (problem.stage === "compile") throw failure("compile", `syntax error: ${problem.text}`, "lua_syntax_error");
  if (problem.stage === "init") throw failure("initialize", problem.text, "lua_error");
}

/** @throws LuaSkillsError `not_found`: `Failed to read <path>: <os>` */
export function entrySource(vfs: Vfs, skill: LoadedSkill, luaEntry: string): string {
  const path = packageFile(skill.dir, luaEntry);
  try {
    return plainSource(readText(vfs, path));
  } catch (error) {
    throw new LuaSkillsError("not_found", `Failed to read ${path}: ${reasonText(error)}`, {
      data: { skillId: skill.skillId, file: path },
      cause: error,
    });
  }
}

/** LuaJIT skips a byte order mark and a first line that starts with `#`; Lua 5.4 does so for files only. */
export function plainSource(source: string): string {
  const text = source.startsWith("\ufeff") ? source.slice(1) : source;
  return text.startsWith("#") ? text.replace(/^[^\n]*/, "") : text;
}

/** The record the scope driver keeps for a skill and its entries. */
function skillRecord({ skill, entries }: SkillEntries): LuaValue {
  return {
    id: skill.skillId,
    root: skill.root.name,
    dir: skill.dir,
    tools: skill.deps.tools,
    lua: skill.deps.lua,
    ffi: skill.deps.ffi,
    sqlite: skill.manifest.sqlite.enable,
    lancedb: skill.manifest.lancedb.enable,
    entries: entries.map(({ canonicalName, entry }) => {
      const file = packageFile(skill.dir, entry.luaEntry);
      return {
        name: canonicalName,
        local_name: entry.name,
        module: entry.luaModule,
        file,
        dir: file.slice(0, file.lastIndexOf("/")),
      };
    }),
  };
}
