/** A Worker whose one object has the runtime. */
import type { Limits } from "../../../src/limits.ts";
import { LuaSkillsObject, type ObjectNamespace, routeToObject } from "../../../src/platforms/cloudflare/index.ts";
import { worldOptions } from "./programs.ts";

interface Env {
  readonly WORLD: ObjectNamespace<World>;
  /** Those of the kind that is measured. */
  readonly LIMITS: Partial<Limits>;
}

/** Budget units: about 0.3 s. */
const runInstructions = 30_000_000;

export class World extends LuaSkillsObject<Env> {
  protected override runtimeOptions() {
    return { ...worldOptions, limits: { runInstructions, ...this.env.LIMITS } };
  }

  protected override authorize() {
    return "manage" as const;
  }
}

export default {
  fetch: (request: Request, env: Env): Promise<Response> =>
    routeToObject(request, env.WORLD, { tenantOf: () => "attacker" }),
};
