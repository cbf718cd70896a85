/**
 * Programs of a machine through the native bridge.
 * @module
 */
import type { ProcessOptions } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type {
  ProcessCommand,
  ProcessContext,
  ProcessOutcome,
  ProcessProvider,
  ProcessSessionSpec,
} from "../interface.ts";
import { BridgeConnection, type BridgeSocketClass } from "./connection.ts";
import type { BridgeLink } from "./link.ts";
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

  constructor(
    private readonly link: BridgeLink,
    _options: Pick<BridgeOptions, "mirror">,
  ) {}

  async launchers() {
    const { services } = await this.link.facts();
    const { shells = [] } = (services.process ?? {}) as { shells?: readonly string[] };
    return { default: shells[0] ?? "sh", shells: shells.length > 0 ? shells : ["sh"] };
  }

  async which(program: string): Promise<string | undefined> {
    const found = await this.link.call("process", "which", { program });
    return typeof found === "string" ? found : undefined;
  }

  async run({ run, env, stdin, timeoutMs }: ProcessCommand, { signal }: ProcessContext): Promise<ProcessOutcome> {
    try {
      return (await this.link.call("process", "exec", { run, env, stdin, timeoutMs }, { signal })) as ProcessOutcome;
    } catch (error) {
      signal.throwIfAborted();
      return { kind: "failed", stage: stageOf(error), reason: error instanceof Error ? error.message : String(error) };
    }
  }

  async open({ program, args, bufferLimitBytes, env }: ProcessSessionSpec): Promise<BridgeSession> {
    const session = await this.link.call("process", "open", { program, args, bufferLimitBytes, env });
    return new BridgeSession(this.link, Number(session));
  }

  close(): void {
    this.link.close();
  }
}

/** A refusal comes before anything ran; a lost connection may come in the middle. */
function stageOf(error: unknown): "spawn" | "wait" {
  return error instanceof LuaSkillsError && error.code === "bridge_error" && /was lost/.test(error.message)
    ? "wait"
    : "spawn";
}

function platformSocket(): BridgeSocketClass {
  if (typeof WebSocket === "undefined") {
    throw new LuaSkillsError("capability_unavailable", "this platform has no WebSocket to reach a bridge with");
  }
  return WebSocket as unknown as BridgeSocketClass;
}
