/**
 * The service `runtimes`: handlers of packages in Node.js or Python (`vulcan.runtime.node`, `.python`). Whoever may use it runs
 * code of its own as this user: the configuration names each runtime.
 * @module
 */
import { realpathSync } from "node:fs";
import { lstat, mkdir, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { LuaSkillsError } from "../../../errors.ts";
import { type BridgeConfig, runTimeout } from "../../config.ts";
import { objectOf } from "../../params.ts";
import type { BridgeService, ConnectionService, ServiceCall, ServiceContext } from "../../service.ts";
import { isWithin } from "../../within.ts";
import { programEnvironment } from "../process/environment.ts";
import { Slots } from "../process/slots.ts";
import { type InstalledRuntime, installedRuntime } from "./installed-runtime.ts";
import { environmentFor, install, isReady, type PackageEnvironment } from "./package-environment.ts";
import {
  declarationOf,
  type Invocation,
  invocationOf,
  kindOf,
  type RuntimeDeclaration,
  type RuntimeKind,
} from "./runtime-request.ts";
import { RuntimeWorker, type WorkerAnswer } from "./runtime-worker.ts";

export function runtimesService(config: BridgeConfig): BridgeService {
  const installed = new Map<RuntimeKind, Promise<InstalledRuntime>>();
  const shared: Shared = {
    slots: new Slots(config.limits.processes),
    installing: new Map(),
    root: config.environments ?? path.join(homedir(), ".cache", "luaskills-wasm", "environments"),
    installed: (kind) => {
      const found = installed.get(kind) ?? installedRuntime(kind, config.runtimes[kind]);
      installed.set(kind, found);
      // Somebody may install it meanwhile.
      found.catch(() => installed.delete(kind));
      return found;
    },
  };
  return { name: "runtimes", open: (context) => new RuntimesConnection(shared, context) };
}

/** What all connections have in common. */
interface Shared {
  readonly slots: Slots;
  /** Directory of an environment → its installation. */
  readonly installing: Map<string, Promise<void>>;
  readonly root: string;
  installed(kind: RuntimeKind): Promise<InstalledRuntime>;
}

interface OpenWorker {
  readonly key: string;
  readonly revision: number;
  readonly worker: RuntimeWorker;
  readonly release: () => void;
}

interface InvokeResult extends WorkerAnswer {
  readonly worker_reused: boolean;
  readonly env_hash: string;
  readonly env_dir: string;
  readonly timed_out?: boolean;
}

class RuntimesConnection implements ConnectionService {
  readonly facts: { readonly allowed: readonly string[] };
  readonly methods: ConnectionService["methods"];
  readonly #workers = new Set<OpenWorker>();
  #closed = false;

  constructor(
    private readonly shared: Shared,
    private readonly context: ServiceContext,
  ) {
    this.facts = { allowed: Object.keys(context.config.runtimes) };
    this.methods = {
      /** { kind, declaration } → what is there for it. */
      status: (given) => this.#status(kindOf(objectOf(given)), declarationOf(objectOf(given))),
      /** { kind, declaration, folder, revision, file, handler, args, context, timeoutMs } → what the handler answers. */
      invoke: (given, call) => {
        const params = objectOf(given);
        return this.#invoke(kindOf(params), declarationOf(params), invocationOf(params), call);
      },
    };
  }

  close(): void {
    this.#closed = true;
    for (const open of [...this.#workers]) this.#drop(open);
  }

  async #status(kind: RuntimeKind, declaration: RuntimeDeclaration): Promise<object> {
    const runtime = await this.shared.installed(kind);
    const environment = environmentFor(runtime, declaration, this.shared.root);
    const { packageManager } = runtime;
    return {
      ready: isReady(environment),
      runtime_executable: runtime.executable,
      installed_version: runtime.version,
      ...(packageManager ? { package_manager_executable: packageManager.executable } : {}),
      env_hash: environment.hash,
      env_dir: environment.directory,
    };
  }

  async #invoke(
    kind: RuntimeKind,
    declaration: RuntimeDeclaration,
    invocation: Invocation,
    { signal }: ServiceCall,
  ): Promise<InvokeResult> {
    const { config, audit, origin } = this.context;
    const folder = this.#folderOf(invocation.folder);
    const file = placeIn(folder, invocation.file);
    const runtime = await this.shared.installed(kind);
    const environment = environmentFor(runtime, declaration, this.shared.root);
    await this.#prepare(runtime, declaration, environment, signal);
    if (declaration.manifest && environment.hasPackages && kind === "node") {
      await linkPackages(path.join(folder, path.dirname(declaration.manifest.path)), environment);
    }
    signal.throwIfAborted();
    const { open, reused } = this.#worker(kind, environment, folder, invocation.revision);
    audit.write({ event: "invoke", origin, runtime: kind, file, handler: invocation.handler });
    const timeoutMs = runTimeout(config.limits, invocation.timeoutMs);
    const request = {
      file,
      handler: invocation.handler,
      args: parsed(invocation.args),
      context: { ...invocation.context, runtime: kind, skill_dir: folder },
    };
    const answer = await open.worker.call(request, { timeoutMs, maxBytes: config.limits.outputBytes, signal });
    if (answer.status !== undefined) this.#drop(open);
    signal.throwIfAborted();
    return {
      ...answer,
      ...(answer.status === "timeout" ? { timed_out: true } : {}),
      worker_reused: reused,
      env_hash: environment.hash,
      env_dir: environment.directory,
    };
  }

  /** Only what this connection's runtime brought: its mirrors. */
  #folderOf(folder: string): string {
    const { scratch } = this.context;
    const own = scratch.root;
    try {
      const real = realpathSync(folder);
      if (own !== undefined && isWithin(own, real)) return real;
    } catch (cause) {
      throw new LuaSkillsError("not_found", "the package is not beside the bridge", { cause });
    }
    throw new LuaSkillsError("permission_denied", "the bridge runs only packages that this connection brought");
  }

  /** Whoever comes while somebody installs the same waits for that. */
  async #prepare(
    runtime: InstalledRuntime,
    declaration: RuntimeDeclaration,
    environment: PackageEnvironment,
    signal: AbortSignal,
  ): Promise<void> {
    const { installing } = this.shared;
    const { directory } = environment;
    if (isReady(environment)) return;
    let work = installing.get(directory);
    if (!work) {
      const { config, audit, origin } = this.context;
      audit.write({ event: "install", origin, runtime: runtime.kind, directory });
      work = install(runtime, declaration, environment, {
        env: programEnvironment(config.environment, {}),
        timeoutMs: runTimeout(config.limits),
        maxOutputBytes: config.limits.outputBytes,
        signal,
      });
      installing.set(directory, work);
      // Whoever waits hears of a failure; the next one tries again.
      void work.catch(() => {}).then(() => installing.delete(directory));
    }
    await work;
  }

  /** One that waits, or a new one. Those that know older files of the package are ended. */
  #worker(kind: RuntimeKind, environment: PackageEnvironment, folder: string, revision: number) {
    if (this.#closed) throw new LuaSkillsError("bridge_error", "the connection to the bridge ended");
    const key = `${kind} ${environment.hash} ${folder}`;
    for (const each of [...this.#workers]) {
      if (each.key !== key || !each.worker.usable) continue;
      if (each.revision === revision) return { open: each, reused: true };
      this.#drop(each);
    }
    const release = this.shared.slots.take();
    const env = programEnvironment(this.context.config.environment, {});
    const open = { key, revision, release, worker: new RuntimeWorker(kind, environment.executable, folder, env) };
    this.#workers.add(open);
    return { open, reused: false };
  }

  #drop(open: OpenWorker): void {
    this.#workers.delete(open);
    open.worker.close();
    open.release();
  }
}

/** The real file of a package. @throws LuaSkillsError `not_found` | `permission_denied` for one that leads out */
function placeIn(folder: string, file: string): string {
  let real: string;
  try {
    real = realpathSync(path.join(folder, file));
  } catch (cause) {
    throw new LuaSkillsError("not_found", `the package has no file ${JSON.stringify(file)}`, { cause });
  }
  if (isWithin(folder, real)) return real;
  throw new LuaSkillsError("permission_denied", `the path ${JSON.stringify(file)} leads out of the package`);
}

/** Where Node.js looks for packages of files in that folder. What the package brought itself stays. */
async function linkPackages(folder: string, { directory }: PackageEnvironment): Promise<void> {
  const link = path.join(folder, "node_modules");
  if (await lstat(link).catch(() => undefined)) return;
  await mkdir(folder, { recursive: true });
  await symlink(path.join(directory, "node_modules"), link, "junction");
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new LuaSkillsError("invalid_argument", "the arguments are not JSON", { cause });
  }
}
