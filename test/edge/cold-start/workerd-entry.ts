/** Does one step of an object's cold start as often as asked; the clock of a Worker stands still, so the caller times it. */
import { DurableObject } from "cloudflare:workers";
import { bootLua } from "../../../src/lua/wasm/boot.ts";
import { superviseEdgeRuntime } from "../../../src/platforms/cloudflare/edge-runtime.ts";
import { DurableObjectBackend, type DurableObjectStorageLike } from "../../../src/vfs/backends/durable-object.ts";
import { TreeStore } from "../../../src/vfs/tree-store.ts";
import { ledgerSkill } from "../load/ledger-skill.ts";
import lua from "./lua.wasm";

const echoSkill = {
  "skill.yaml": `name: Echo
version: 1.0.0
entries:
  - { name: say, lua_entry: runtime/say.lua, lua_module: echo.say }
`,
  "runtime/say.lua": "return function(args) return args.text end",
};
const roots = (name: string) => [{ name: "ROOT", skills_dir: `/runtime/${name}` }];

/** Each step holds the ones before it: the difference of two is what a step costs. */
const steps: Readonly<Record<string, (storage: DurableObjectStorageLike) => Promise<unknown>>> = {
  nothing: async () => undefined,
  lua: () => bootLua({ wasm: lua }),
  tree: async (storage) => (await TreeStore.open(new DurableObjectBackend(storage))).close(),
  engine: async (storage) => (await superviseEdgeRuntime({ storage, load: false })).runtime.close(),
  skill: async (storage) => (await superviseEdgeRuntime({ storage, roots: roots("plain") })).runtime.close(),
  call: async (storage) => {
    const { runtime } = await superviseEdgeRuntime({ storage, roots: roots("plain") });
    await runtime.call("echo-say", { text: "hi" });
    await runtime.close();
  },
  sql: async (storage) => {
    const { runtime } = await superviseEdgeRuntime({ storage, roots: roots("sql") });
    await runtime.call("ledger-read");
    await runtime.close();
  },
};

export class Cold extends DurableObject {
  async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const { storage } = this.ctx;
    const name = searchParams.get("step") ?? "";
    if (name === "prepare") await prepare(storage);
    const step = steps[name];
    for (let i = 0; step && i < Number(searchParams.get("n")); i++) await step(storage);
    return new Response("done");
  }
}

/** Two skills, and 1 MB of files as an agent leaves them. */
async function prepare(storage: DurableObjectStorageLike): Promise<void> {
  const { runtime } = await superviseEdgeRuntime({ storage, load: false });
  const skills = { "plain/echo": echoSkill, "sql/ledger": ledgerSkill };
  for (const [folder, files] of Object.entries(skills)) {
    for (const [file, text] of Object.entries(files)) await runtime.fs.write(`/runtime/${folder}/${file}`, text);
  }
  for (let i = 0; i < 100; i++) await runtime.fs.write(`/runtime/notes/${i}.md`, "# A note\n".repeat(1_000));
  await runtime.close();
}

interface Env {
  readonly COLD: { idFromName(name: string): unknown; get(id: never): { fetch(request: Request): Promise<Response> } };
}

const worker = {
  fetch: (request: Request, { COLD }: Env) => COLD.get(COLD.idFromName("one") as never).fetch(request),
};

export { worker as default };
