import { LuaSkillsError } from "../errors.ts";
import type { OpenBridge } from "./bridge/bridge-provider.ts";
import type { BridgeLink } from "./bridge/link.ts";
import { guardedProcesses } from "./guarded.ts";
import { hostProcesses } from "./host-provider.ts";
import type { ProcessKind, ProcessProvider } from "./interface.ts";
import { noProcesses } from "./none.ts";
import type { ProcessParts } from "./parts.ts";
import type { Shell } from "./shell/interface.ts";

/** The providers of one engine, each from its first use on. */
export class OpenProcesses {
  #shell: Promise<Shell> | undefined;
  #bridge: Promise<OpenBridge> | undefined;
  #closed = false;

  constructor(
    private readonly kind: ProcessKind,
    private readonly parts: ProcessParts,
  ) {}

  /** What programs of skills are run with. @throws LuaSkillsError `capability_unavailable` | `invalid_argument` */
  async provider(): Promise<ProcessProvider> {
    return guardedProcesses(await this.#provider(), this.parts.allow);
  }

  /** @throws LuaSkillsError `capability_unavailable` */
  shell(): Promise<Shell> {
    const { options, platform, outlet, limits, machine, temp } = this.parts;
    if (!platform.loadShell) {
      throw new LuaSkillsError(
        "capability_unavailable",
        'there is no embedded shell here; give the runtime one: import { shell } from "luaskills-wasm/shell"',
      );
    }
    if (this.#closed) throw new LuaSkillsError("runtime_closed", "the runtime was closed");
    const allowed = options?.kind === "shell" ? (options.network ?? []) : [];
    const network = allowed.length === 0 ? {} : { network: { allowed, limits, outlet } };
    this.#shell ??= platform.loadShell({ machine, temp, maxOutputBytes: limits.processOutputBytes, ...network });
    return this.#shell;
  }

  /** False as well where what would run it cannot be reached. */
  async has(program: string): Promise<boolean> {
    try {
      if (this.kind === "shell") return (await this.shell()).programs.includes(program);
      if (this.kind === "bridge") return (await (await this.bridge()).call("process", "which", { program })) !== null;
    } catch {
      // Whoever runs it hears why.
      return false;
    }
    return false;
  }

  /** @throws LuaSkillsError `capability_unavailable` | `invalid_argument` */
  async bridge(): Promise<BridgeLink> {
    return (await this.#openBridge()).link;
  }

  /** Ends what runs. Idempotent. */
  close(): void {
    this.#closed = true;
    // One that could not be opened was told of by whoever asked for it.
    void this.#shell?.then((shell) => shell.close()).catch(() => {});
    // Likewise.
    void this.#bridge?.then(({ link }) => link.close()).catch(() => {});
  }

  async #provider(): Promise<ProcessProvider> {
    if (this.kind === "shell") return this.shell();
    if (this.kind === "bridge") return (await this.#openBridge()).processes;
    const { callbacks, limits } = this.parts;
    return callbacks.runProgram ? hostProcesses(callbacks.runProgram, limits) : noProcesses;
  }

  #openBridge(): Promise<OpenBridge> {
    const { options, platform } = this.parts;
    if (options?.kind !== "bridge") {
      throw new LuaSkillsError(
        "capability_unavailable",
        'this runtime has no native bridge; give it one: process: { kind: "bridge", url, token }',
      );
    }
    if (this.#closed) throw new LuaSkillsError("runtime_closed", "the runtime was closed");
    if (platform.bridge) return Promise.resolve(platform.bridge);
    this.#bridge ??= import("./bridge/bridge-provider.ts").then(({ openBridge }) =>
      openBridge(options, platform.socket),
    );
    return this.#bridge;
  }
}
