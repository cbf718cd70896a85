/**
 * Programs of a machine through the native bridge.
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import { join, normalise } from "../../base/paths.ts";
import type { ProcessOptions } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import type {
  ProcessCommand,
  ProcessContext,
  ProcessOutcome,
  ProcessProvider,
  ProcessSessionSpec,
} from "../interface.ts";
import { plainLaunchers } from "../launchers.ts";
import { programOfScript } from "../program-script.ts";
import { BridgeConnection, type BridgeSocketClass } from "./connection.ts";
import type { BridgeLink } from "./link.ts";
import { Mirror } from "./mirror.ts";
import { platformSocket } from "./platform-socket.ts";
import type { ProgramFiles } from "./program-files.ts";
import { BridgeSession } from "./session.ts";

export type BridgeOptions = Extract<ProcessOptions, { kind: "bridge" }>;

export interface OpenBridge {
  readonly link: BridgeLink;
  readonly processes: ProcessProvider;
}

/** @param socket default: the platform's own WebSocket */
export function openBridge(
  options: BridgeOptions,
  socket: () => BridgeSocketClass | Promise<BridgeSocketClass> = platformSocket,
): OpenBridge {
  const link = new BridgeConnection(options, socket);
  return { link, processes: new BridgeProcesses(link, options) };
}

export class BridgeProcesses implements ProcessProvider {
  readonly kind = "bridge";

  readonly #shared: readonly ProgramFiles[];

  /** @param mounts directories that are real already */
  constructor(
    private readonly link: BridgeLink,
    { mirror = [] }: Pick<BridgeOptions, "mirror">,
    mounts: readonly ProgramFiles[] = [],
  ) {
    this.#shared = [...mounts, ...mirror.map((root) => new Mirror(link, normalise(root)))];
  }

  async launchers() {
    const { services } = await this.link.facts();
    const { shells = [] } = (services.process ?? {}) as { shells?: readonly string[] };
    const [first] = shells;
    return first === undefined ? plainLaunchers : { default: first, shells };
  }

  async which(program: string): Promise<string | undefined> {
    const found = await this.link.call("process", "which", { program });
    return typeof found === "string" ? found : undefined;
  }

  async run(command: ProcessCommand, { signal, files }: ProcessContext): Promise<ProcessOutcome> {
    try {
      const request = await this.#request(command, files);
      const outcome = (await this.link.call("process", "exec", request, { signal })) as ProcessOutcome;
      return await this.#brought(outcome, files);
    } catch (error) {
      signal.throwIfAborted();
      return { kind: "failed", stage: stageOf(error), reason: messageOf(error) };
    }
  }

  /** With real paths, and the files there. */
  async #request({ run, cwd, env, stdin, timeoutMs }: ProcessCommand, files: Vfs): Promise<object> {
    const named =
      run.kind === "program" ? { ...run, program: programOfScript(files, join(cwd, run.program)) ?? run.program } : run;
    for (const shared of this.#shared) await shared.push(files);
    const real = (text: string) => this.#real(text);
    const place = await this.#place(cwd);
    const values = await Promise.all(
      Object.entries(env).map(async ([name, value]) => [name, await real(value)] as const),
    );
    const mapped =
      named.kind === "program"
        ? { ...named, args: await Promise.all(named.args.map(real)) }
        : { ...named, command: await real(named.command) };
    return {
      run: mapped,
      env: Object.fromEntries(values),
      stdin,
      timeoutMs,
      ...(place === undefined ? {} : { cwd: place }),
    };
  }

  /** Where a program starts; undefined: where the bridge lets it. */
  async #place(cwd: string): Promise<string | undefined> {
    for (const shared of this.#shared) {
      const place = await shared.paths.real(cwd);
      if (place !== undefined) return place;
    }
    return undefined;
  }

  async #real(text: string): Promise<string> {
    let out = text;
    for (const shared of this.#shared) out = await shared.paths.intoReal(out);
    return out;
  }

  async #brought(outcome: ProcessOutcome, files: Vfs): Promise<ProcessOutcome> {
    for (const shared of this.#shared) await shared.pull(files);
    if (outcome.kind === "failed") return outcome;
    let { stdout, stderr } = outcome;
    for (const shared of this.#shared) {
      stdout = await shared.paths.fromReal(stdout);
      stderr = await shared.paths.fromReal(stderr);
    }
    return { ...outcome, stdout, stderr };
  }

  async open(spec: ProcessSessionSpec, { files }: ProcessContext): Promise<BridgeSession> {
    const { program, bufferLimitBytes, env } = spec;
    for (const shared of this.#shared) await shared.push(files);
    const cwd = await this.#place(spec.cwd);
    const args = await Promise.all(spec.args.map((arg) => this.#real(arg)));
    const where = cwd === undefined ? {} : { cwd };
    const session = await this.link.call("process", "open", { program, args, bufferLimitBytes, env, ...where });
    return new BridgeSession(this.link, Number(session));
  }

  close(): void {
    this.link.close();
  }
}

/** A refusal comes before anything ran; a lost connection may come in the middle. */
function stageOf(error: unknown): "spawn" | "wait" {
  return error instanceof LuaSkillsError && error.data.effects === "possible" ? "wait" : "spawn";
}
