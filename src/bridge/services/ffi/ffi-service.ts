/**
 * The service `ffi`: calls of native libraries that the configuration allows, in a process of their own.
 * @module
 */
import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { LuaSkillsError } from "../../../errors.ts";
import { objectOf, type Params, textOf } from "../../params.ts";
import type { BridgeService, ConnectionService, ServiceCall, ServiceContext } from "../../service.ts";
import { FfiProcess, koffiFile } from "./ffi-process.ts";

/** The name of what every process has loaded: `ffi.C`. */
const defaultLibrary = "C";
/** Bytes of native memory one read may ask for. */
const mostRead = 64 * 2 ** 20;
/** Functions one connection may have declared: libraries have fewer. */
const mostFunctions = 10_000;

export function ffiService(): BridgeService {
  return { name: "ffi", open: (context) => new FfiConnection(context) };
}

class FfiConnection implements ConnectionService {
  readonly facts: { readonly libraries: readonly string[] };
  readonly methods: ConnectionService["methods"];
  readonly #context: ServiceContext;
  readonly #process: FfiProcess;
  /** Ids of the libraries this connection has opened. */
  readonly #open = new Set<number>();
  /** Ids mean nothing on another connection, so they begin anywhere: what was kept over a loss meets no namesake. */
  #last = randomInt(2 ** 47);
  /** Symbols by the id under which they are called. */
  readonly #functions = new Map<number, string>();

  constructor(context: ServiceContext) {
    this.#context = context;
    const { config } = context;
    this.facts = { libraries: Object.keys(config.libraries) };
    const inherited = config.environment.inherit.map((name) => [name, process.env[name]]);
    this.#process = new FfiProcess(Object.fromEntries(inherited.filter(([, value]) => value !== undefined)));
    this.methods = {
      open: (params, call) => this.#load(objectOf(params), call),
      resolve: (params, call) => this.#resolve(objectOf(params), call),
      call: (params, call) => this.#call(objectOf(params), call),
      read: (params, call) => this.#memory("read", objectOf(params), call),
      write: (params, call) => this.#memory("write", objectOf(params), call),
      length: (params, call) => this.#memory("length", objectOf(params), call),
    };
  }

  close(): void {
    this.#process.close();
  }

  async #load(params: Params, { signal }: ServiceCall): Promise<number> {
    const name = textOf(params, "name");
    const files = this.#allowed(name);
    koffiFile();
    const id = ++this.#last;
    await this.#process.keep("open", { id, files, global: params.global === true }, signal);
    this.#context.audit.write({ event: "load", origin: this.#context.origin, library: name });
    this.#open.add(id);
    return id;
  }

  /** { library, symbol, signature? } → with a signature the function's id for `call`. */
  async #resolve(params: Params, { signal }: ServiceCall): Promise<number | undefined> {
    const library = this.#library(params);
    const symbol = textOf(params, "symbol");
    if (params.signature === undefined) {
      await this.#process.call("resolve", { library, symbol }, signal);
      return undefined;
    }
    if (this.#functions.size >= mostFunctions) {
      throw new LuaSkillsError("overloaded", `${mostFunctions} C functions are declared on this connection`);
    }
    const id = ++this.#last;
    this.#functions.set(id, symbol);
    try {
      await this.#process.keep("resolve", { library, symbol, id, signature: params.signature }, signal);
    } catch (error) {
      this.#functions.delete(id);
      throw error;
    }
    return id;
  }

  async #call(params: Params, { signal }: ServiceCall): Promise<unknown> {
    const { function: id } = params;
    const symbol = typeof id === "number" ? this.#functions.get(id) : undefined;
    if (symbol === undefined) {
      throw new LuaSkillsError("not_found", "the function is not declared on this connection; load its library again");
    }
    this.#context.audit.write({ event: "call", origin: this.#context.origin, symbol });
    const mostBytes = this.#context.config.limits.mirrorBytes;
    const { space, values, blocks, freed, errno } = params;
    return this.#process.call("call", { id, space, values, blocks, freed, errno, mostBytes }, signal);
  }

  /** Addresses come from calls: without a library there are none to look at. */
  async #memory(method: "read" | "write" | "length", params: Params, { signal }: ServiceCall): Promise<unknown> {
    if (this.#open.size === 0) throw denied("native memory", defaultLibrary);
    const { address, size } = params;
    if (typeof address !== "bigint")
      throw new LuaSkillsError("invalid_argument", "the bridge wants address to be an integer");
    if (
      method === "read" &&
      !(typeof size === "number" && Number.isSafeInteger(size) && size >= 0 && size <= mostRead)
    ) {
      throw new LuaSkillsError("invalid_argument", `at most ${mostRead} bytes of native memory are read at a time`);
    }
    if (method === "write" && !(params.bytes instanceof Uint8Array)) {
      throw new LuaSkillsError("invalid_argument", "the bridge wants bytes");
    }
    return this.#process.call(method, params, signal);
  }

  /** 0 is the default namespace: it is open when it is allowed. */
  #library(params: Params): number {
    const { library } = params;
    if (library === 0) {
      this.#allowed(defaultLibrary);
      koffiFile();
      this.#open.add(0);
      return 0;
    }
    if (typeof library === "number" && this.#open.has(library)) return library;
    throw new LuaSkillsError("not_found", "the library is not open on this connection; load it again");
  }

  /** Files to try. @throws LuaSkillsError `permission_denied` naming the flag */
  #allowed(name: string): readonly string[] {
    const { libraries } = this.#context.config;
    if (!Object.hasOwn(libraries, name))
      throw denied(name === defaultLibrary ? "the C library" : `the library '${name}'`, name);
    const file = libraries[name];
    if (typeof file === "string") return [file];
    return name === defaultLibrary ? [] : searched(name);
  }
}

function denied(what: string, name: string): LuaSkillsError {
  return new LuaSkillsError(
    "permission_denied",
    `${what} is not allowed by this bridge; start it with --library ${name} (or "libraries" in its configuration)`,
    { data: { library: name } },
  );
}

/** As the system's loader names them. Debian has the name without a version only in development packages. */
function searched(name: string): readonly string[] {
  if (/[/\\]/.test(name) && existsSync(name)) return [name];
  if (name.includes(".")) return [name];
  if (process.platform === "win32") return [`${name}.dll`];
  const base = name.startsWith("lib") ? name : `lib${name}`;
  if (process.platform === "darwin") return [`${base}.dylib`];
  return [`${base}.so`, ...Array.from({ length: 10 }, (_, version) => `${base}.so.${version}`)];
}
