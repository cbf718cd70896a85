import type { LuaSkillsError } from "../errors.ts";
import type { EngineLink } from "./link.ts";
import { localWire } from "./local-port.ts";
import type { PagePort } from "./port.ts";
import type { EngineControl } from "./protocol.ts";
import { type EngineBoot, EngineServer } from "./serve.ts";

/** An engine in our own thread: Node, Deno, workerd. Nothing can stop it from outside; its own guard does. */
export class InlineLink implements EngineLink {
  readonly terminable = false;
  readonly port: PagePort;
  readonly control: EngineControl;
  readonly ready = Promise.resolve();
  readonly died: Promise<LuaSkillsError>;
  #die: (reason: LuaSkillsError) => void = () => {};

  constructor(boot: EngineBoot) {
    const [page, engine] = localWire();
    this.port = page;
    this.control = new EngineServer(engine, boot);
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  terminate(reason: LuaSkillsError): void {
    this.port.close();
    this.#die(reason);
  }
}
