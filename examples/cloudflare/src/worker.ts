import { LuaSkillsObject, routeToObject } from "luaskills-wasm/cloudflare";
import tallyAdd from "../skills/tally/runtime/add.lua";
import tally from "../skills/tally/skill.yaml";

interface Env {
  readonly AGENTS: Parameters<typeof routeToObject>[1];
  /** Secret: `tenant:token` pairs, separated by commas (`wrangler secret put TOKENS`). */
  readonly TOKENS: string;
}

/** One object per tenant: its skills, files, databases and configuration, durable and single-threaded. */
export class Agent extends LuaSkillsObject<Env> {
  protected override runtimeOptions() {
    return {
      hostTools: { now: () => new Date().toISOString() },
      // Every object has it from its first request on; a tenant installs further ones.
      skills: { "tally/skill.yaml": tally, "tally/runtime/add.lua": tallyAdd },
    };
  }

  /** Whoever has a tenant's token owns the tenant's object. */
  protected override authorize() {
    return "manage" as const;
  }
}

/** The tenant's name comes from the secret, never from the URL: nobody can name another tenant's object. */
function tenantOf(request: Request, env: Env): string | null {
  if (!env.TOKENS) throw new Error("TOKENS is not set: write it into .dev.vars, or `wrangler secret put TOKENS`");
  const token = request.headers.get("authorization")?.replace(/^Bearer /, "");
  for (const pair of env.TOKENS.split(",")) {
    const [tenant, secret] = pair.split(":");
    if (token !== undefined && secret !== undefined && token === secret) return tenant ?? null;
  }
  return null;
}

const worker = {
  fetch: (request: Request, env: Env): Promise<Response> =>
    routeToObject(request, env.AGENTS, { tenantOf: (r) => tenantOf(r, env) }),
};

export { worker as default };
