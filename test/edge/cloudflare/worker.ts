/** The Worker under test: one object per token. */
import { LuaSkillsObject, routeToObject } from "../../../src/edge/cloudflare/index.ts";

interface Env {
  readonly AGENTS: Parameters<typeof routeToObject>[1];
  readonly IDLE_MS: number;
  /** 0: the default. */
  readonly RESIDENT_BYTES: number;
}

export class Agent extends LuaSkillsObject<Env> {
  protected override runtimeOptions() {
    return { hostTools: { shout: ({ text }: { text?: unknown }) => String(text).toUpperCase() } };
  }

  /** `/evict` does at once what the alarm does after a while. */
  override async fetch(request: Request): Promise<Response> {
    if (!request.url.endsWith("/evict")) return super.fetch(request);
    await this.letGo();
    return new Response(null, { status: 204 });
  }

  protected override idleMs() {
    return this.env.IDLE_MS;
  }

  protected override residentBytes() {
    return this.env.RESIDENT_BYTES || super.residentBytes();
  }
}

/** Stands for a signature check: a token is good when it ends in `-good`; what is before names the tenant. */
function tenantOf(request: Request): string | null {
  return /^Bearer (\w+)-good$/.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;
}

const worker = {
  fetch: (request: Request, env: Env) => routeToObject(request, env.AGENTS, { tenantOf }),
};

export { worker as default };
