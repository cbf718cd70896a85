/** A Worker whose one object has the runtime. */
import { LuaSkillsObject, type ObjectNamespace, routeToObject } from "../../../src/platforms/cloudflare/index.ts";
import { worldOptions } from "./programs.ts";

interface Env {
  readonly WORLD: ObjectNamespace<World>;
}

/** Budget units: about 0.3 s. */
const runInstructions = 30_000_000;

export class World extends LuaSkillsObject<Env> {
  protected override runtimeOptions() {
    const { limits, ...options } = worldOptions;
    return { ...options, limits: { ...limits, runInstructions } };
  }

  protected override authorize() {
    return "manage" as const;
  }
}

export default {
  fetch: (request: Request, env: Env): Promise<Response> =>
    routeToObject(request, env.WORLD, { tenantOf: () => "attacker" }),
};
