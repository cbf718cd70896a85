/**
 * `vulcan.runtime.node` and `.python` where the native bridge can have them: the package's files go there, its handlers run
 * there (docs/bridge.md).
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import type { Json, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { fail } from "../../host/arguments.ts";
import type { RuntimeAsking } from "../../host/run.ts";
import type { HostCallContext, LuaVm } from "../../lua/interface.ts";
import type { BridgeLink } from "../../process/bridge/link.ts";
import { Mirror } from "../../process/bridge/mirror.ts";
import type { AllowProcess } from "../../process/policy.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { type RuntimeDeclaration, type RuntimeKind, readRuntimeDeclaration } from "./declaration.ts";

/** What of an engine this needs. */
export interface RuntimeParts {
  bridge(): Promise<BridgeLink>;
  readonly allow: AllowProcess;
  /** Whose code a VM runs; undefined where nothing is kept apart. */
  ownerOf(vm: LuaVm): string | undefined;
  subjectOf(vm: LuaVm): string | null;
  directoryOf(skillId: string): string | undefined;
}

interface Asking {
  readonly kind: RuntimeKind;
  readonly skillId: string;
  readonly directory: string;
  readonly vfs: Vfs;
}

interface InvokeRequest {
  readonly file: string;
  readonly handler: string | undefined;
  readonly args: Json;
  readonly timeoutMs: number | undefined;
}

export class BridgeRuntimes {
  /** By directory of the package. */
  readonly #folders = new Map<string, Promise<Mirror>>();

  constructor(private readonly parts: RuntimeParts) {}

  async status(asked: RuntimeAsking, context: HostCallContext): Promise<JsonObject> {
    const asking = this.#asking(asked, context, "status");
    const { kind, vfs } = asking;
    const off = { available: false, configured: false, ready: false, runtime: kind, persistent_session: noSessions };
    let declaration: RuntimeDeclaration | undefined;
    try {
      declaration = readRuntimeDeclaration(vfs, asking.directory, kind);
    } catch (error) {
      return { ...off, error: messageOf(error) };
    }
    if (!declaration) return { ...off, message: undeclared(asking) };
    const { version, packageManager, packageManagerVersion } = declaration;
    const declared = {
      runtime_version: version,
      package_manager: packageManager,
      ...(packageManagerVersion === undefined ? {} : { package_manager_version: packageManagerVersion }),
    };
    try {
      const found = (await this.#ask("status", { kind, declaration }, context.signal)) as JsonObject;
      const { installed_version: installed, ...facts } = found;
      const differs = installed === version ? "" : `; the package asks for ${version}`;
      const message = `${kind} ${String(installed)} beside the bridge${differs}`;
      return { ...off, ...declared, ...facts, available: true, configured: true, message };
    } catch (error) {
      context.signal.throwIfAborted();
      return { ...off, ...declared, configured: true, error: messageOf(error) };
    }
  }

  async invoke(asked: RuntimeAsking, context: HostCallContext): Promise<JsonObject> {
    const asking = this.#asking(asked, context, "invoke");
    const { kind, skillId, directory, vfs } = asking;
    const request = requestOf(asked.request, `runtime.${kind}.invoke`);
    const { signal } = context;
    try {
      const declaration = readRuntimeDeclaration(vfs, directory, kind);
      if (!declaration) throw new LuaSkillsError("not_found", undeclared(asking));
      const { file, handler, timeoutMs } = request;
      await this.parts.allow({ skillId, program: kind, args: [file], cwd: directory, signal });
      const folder = await this.#folder(directory);
      await folder.push(vfs);
      const place = await folder.paths.real(directory);
      const params = {
        ...{ kind, declaration, file, handler, timeoutMs },
        ...{ folder: place, revision: folder.revision, args: JSON.stringify(request.args) },
        context: { skill_id: skillId },
      };
      return (await this.#ask("invoke", params, signal)) as JsonObject;
    } catch (error) {
      signal.throwIfAborted();
      return { ok: false, error: messageOf(error), stdout: "", stderr: "", worker_reused: false };
    }
  }

  async #ask(method: string, params: object, signal: AbortSignal): Promise<unknown> {
    return (await this.parts.bridge()).call("runtimes", method, params, { signal });
  }

  #folder(directory: string): Promise<Mirror> {
    const known = this.#folders.get(directory) ?? this.parts.bridge().then((link) => new Mirror(link, directory));
    this.#folders.set(directory, known);
    // The next call tries again.
    known.catch(() => this.#folders.delete(directory));
    return known;
  }

  /** What Lua says of the running skill decides only where nothing is kept apart. */
  #asking(asked: RuntimeAsking, { vm }: HostCallContext, method: string): Asking {
    const kind = asked.kind === "python" ? "python" : "node";
    const { parts } = this;
    const skillId = parts.ownerOf(vm) === undefined ? asked.named : parts.subjectOf(vm);
    const directory = skillId ? parts.directoryOf(skillId) : undefined;
    if (!skillId || directory === undefined) fail(`runtime.${kind}.${method}`, "requires one active skill context");
    return { kind, skillId, directory, vfs: asked.vfs };
  }
}

const noSessions = { supported: false, reason: "sessions of managed runtimes are not offered here" };

function undeclared({ kind, skillId }: Asking): string {
  return `dependencies.yaml of '${skillId}' declares no ${kind}_runtime`;
}

/** @throws LuaRaise */
function requestOf(text: string, label: string): InvokeRequest {
  const request = JSON.parse(text) as Record<string, Json | undefined> | null;
  if (typeof request !== "object" || request === null) fail(label, "the request must be a table");
  const { file, handler, timeout_ms: timeoutMs, args: given = null } = request;
  if (typeof file !== "string" || file.trim() === "") fail(label, "file must be the path of a file of the skill");
  const parts = file.split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..") || /[\\:\0]/.test(file)) {
    fail(label, "file must be a safe relative path inside the skill directory");
  }
  if (handler !== undefined && handler !== null && (typeof handler !== "string" || handler === "")) {
    fail(label, "handler must be the name of a function");
  }
  const isTime =
    timeoutMs === undefined || timeoutMs === null || (Number.isInteger(timeoutMs) && Number(timeoutMs) > 0);
  if (!isTime) fail(label, "timeout_ms must be a positive integer");
  return {
    file,
    handler: typeof handler === "string" ? handler : undefined,
    args: given,
    timeoutMs: typeof timeoutMs === "number" ? timeoutMs : undefined,
  };
}
