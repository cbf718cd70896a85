/** The Worker under test: two tenants by token, one object each. */
import { LuaSkillsObject, routeToObject } from "../../../src/edge/cloudflare/index.ts";

export class Agent extends LuaSkillsObject {
  protected override runtimeOptions() {
    return { hostTools: { shout: ({ text }: { text?: unknown }) => String(text).toUpperCase() } };
  }
  protected override idleMs() {
    return 0;
  }
}

interface Env {
  readonly AGENTS: Parameters<typeof routeToObject>[1];
}

const tokens: Record<string, string> = { "Bearer alice": "alice", "Bearer bob": "bob" };

const worker = {
  fetch: (request: Request, env: Env) =>
    routeToObject(request, env.AGENTS, {
      tenantOf: (r) => tokens[r.headers.get("authorization") ?? ""] ?? null,
    }),
};

export { worker as default };
