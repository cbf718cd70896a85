/** The Worker under test: one object per token. */
import {
  LuaSkillsError,
  LuaSkillsObject,
  type ObjectNamespace,
  routeToObject,
} from "../../../src/platforms/cloudflare/index.ts";
import { uncollectedBytes } from "./watch-memories.ts";

interface Env {
  readonly AGENTS: ObjectNamespace<Agent>;
  readonly IDLE_MS: number;
  /** 0: the default. */
  readonly RESIDENT_BYTES: number;
}

/** Engines of this isolate, by object: what the cap of the isolate is about. */
const resident = new Map<string, () => number>();

export class Agent extends LuaSkillsObject<Env> {
  protected override runtimeOptions() {
    return {
      hostTools: {
        shout: ({ text }: { text?: unknown }) => String(text).toUpperCase(),
        /** Answers once a request for `/open` has come: who listens has heard what was said before. */
        gate: () => this.#gate,
        wait: ({ ms }: { ms?: unknown }) => new Promise<string>((done) => setTimeout(() => done("waited"), Number(ms))),
      },
    };
  }

  protected override authorize() {
    return "manage" as const;
  }

  #open = (_said: string) => {};
  readonly #gate = new Promise<string>((opened) => (this.#open = opened));

  /** `/evict` does at once what the alarm does after a while; `/memory` says what is held. */
  override async fetch(request: Request): Promise<Response> {
    resident.set(this.ctx.id.toString(), () => Object.values(this.memory() ?? {}).reduce((sum, n) => sum + n, 0));
    const { pathname } = new URL(request.url);
    if (pathname === "/open") this.#open("open");
    else if (pathname === "/evict") await this.letGo();
    else if (pathname !== "/memory") return super.fetch(request);
    const held = [...resident.values()].map((bytes) => bytes()).filter((bytes) => bytes > 0);
    const bytes = held.reduce((sum, n) => sum + n, 0);
    return Response.json({ engines: held.length, bytes, own: this.memory(), uncollected: uncollectedBytes() });
  }

  protected override idleMs() {
    return this.env.IDLE_MS;
  }

  protected override residentBytes() {
    return this.env.RESIDENT_BYTES || super.residentBytes();
  }
}

/** What look-ups that missed answer. */
const misses: Readonly<Record<string, unknown>> = {
  undefined,
  false: false,
  zero: 0,
  empty: "",
  object: { tenant: "alice" },
  list: ["alice"],
  symbol: Symbol("alice"),
  function: () => "alice",
  text: new String("alice"),
  null: null,
};

/** A host that forgot to look at what its look-up answered. */
function careless(request: Request): string {
  const { searchParams } = new URL(request.url);
  const missed = misses[searchParams.get("miss") ?? ""];
  return (searchParams.has("later") ? Promise.resolve(missed) : missed) as string;
}

/** Stands for a signature check: a token is good when it ends in `-good`; what is before names the tenant. */
function tenantOf(request: Request): string | null {
  return /^Bearer (\w+)-good$/.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;
}

/** What another Worker sees that calls an object by RPC. */
async function overRpc({ AGENTS }: Env): Promise<Response> {
  const stub = AGENTS.get(AGENTS.idFromName("rpc") as never);
  const thrown = await stub.runLua("error('boom')").catch((error: unknown) => error);
  const { name, code, data, luaTraceback } = LuaSkillsError.from(thrown);
  await stub.writeFile("/runtime/a.txt", "over rpc");
  return Response.json({
    value: await stub.runLua("return args.a", { a: 7 }),
    file: new TextDecoder().decode(await stub.readFile("/runtime/a.txt")),
    error: { name, code, data, traceback: luaTraceback?.split("\n")[0] },
  });
}

const worker = {
  fetch: (request: Request, env: Env) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/misses") return Response.json(Object.keys(misses));
    if (pathname === "/rpc") return overRpc(env);
    return routeToObject(request, env.AGENTS, { tenantOf: searchParams.has("miss") ? careless : tenantOf });
  },
};

export { worker as default };
