import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Runtime } from "../../contract/contract.ts";
import { arg, defineModule, fn, hostModule, luaError, t } from "../../modules/index.ts";
import { createNodeRuntime } from "./node.ts";

const open = {
  actor: { id: "me" },
  policies: [{ id: "geo", actions: ["geo.*"], resources: ["*"], effect: "allow" as const }],
};
/** What the module of every placement answers. */
const source = (kit: string, end: string) => `
import { arg, defineModule, fn, luaError, t } from ${JSON.stringify(kit)};
const geo = defineModule({
  name: "geo", description: "Places", class: ["network", "io"],
  functions: {
    lookup: fn({
      params: [arg.string("place")], returns: [t.table, t.optional(t.luaError)], permission: (place) => ["geo.lookup", place],
      async run(call, place) {
        const found = await call.command("geo.find", { place });
        if (!found) throw luaError("no place " + place, { kind: "NotFound", details: { place } });
        return found;
      },
    }),
  },
});
${end}`;
const commands = {
  "geo.find": ({ place }: { place: string }) => (place === "Oslo" ? { name: place, lat: 59.9 } : null),
};
const program = `
local geo = require("geo")
local found = geo.lookup("Oslo")
local _, err = geo.lookup("Nowhere")
return { found, err:kind(), err:details() }`;
const expected = [{ name: "Oslo", lat: 59.9 }, "NotFound", { place: "Nowhere" }];

async function answers(runtime: Runtime): Promise<unknown> {
  try {
    return await runtime.runLua(program, {}, { modules: ["geo"] });
  } finally {
    await runtime.close();
  }
}

/** A script of its own, beside what the build made. */
async function script(name: string, end: string): Promise<URL> {
  const file = path.resolve(".cache/modules-test", `${name}.${process.pid}.mjs`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, source(path.resolve("dist/modules.js"), end));
  return new URL(`file://${file}`);
}

const geo = defineModule({
  name: "geo",
  description: "Places",
  class: ["network", "io"],
  functions: {
    lookup: fn({
      params: [arg.string("place")],
      returns: [t.table, t.optional(t.luaError)],
      permission: (place) => ["geo.lookup", place],
      async run(call, place) {
        const found = await call.command("geo.find", { place });
        if (!found) throw luaError(`no place ${place}`, { kind: "NotFound", details: { place } });
        return found;
      },
    }),
  },
});

describe("one module in every placement Node has", () => {
  it("an object, inline", async () => {
    expect(await answers(await createNodeRuntime({ modules: [geo], commands, security: open }))).toEqual(expected);
  });

  it("an address", async () => {
    const url = await script("address", "export default geo; export { geo };");
    expect(await answers(await createNodeRuntime({ modules: [{ url }], commands, security: open }))).toEqual(expected);
    expect(
      await answers(await createNodeRuntime({ modules: [{ url, export: "geo" }], commands, security: open })),
    ).toEqual(expected);
    await expect(createNodeRuntime({ modules: [{ url, export: "nothing" }] })).rejects.toMatchObject({
      code: "invalid_argument",
    });
  });

  it("a thread whose script serves the engine", async () => {
    const kit = path.resolve("dist/node-thread.js");
    const url = await script(
      "thread",
      `const { serveEngine } = await import(${JSON.stringify(kit)}); serveEngine({ modules: [geo] });`,
    );
    const runtime = await createNodeRuntime({ thread: url, commands, security: open });
    expect(await answers(runtime)).toEqual(expected);
  });

  it("the page, proxied", async () => {
    const page = defineModule({
      name: "geo",
      description: "Places",
      class: ["network", "io"],
      functions: {
        lookup: fn({
          params: [arg.string("place")],
          returns: [t.table, t.optional(t.luaError)],
          permission: (place) => ["geo.lookup", place],
          async run(_call, place) {
            const found = commands["geo.find"]({ place });
            if (!found) throw luaError(`no place ${place}`, { kind: "NotFound", details: { place } });
            return found;
          },
        }),
      },
    });
    expect(
      await answers(await createNodeRuntime({ thread: true, modules: [hostModule(page)], security: open })),
    ).toEqual(expected);
    const denied = await createNodeRuntime({ modules: [hostModule(page)] });
    expect(
      await denied.runLua("return (select(2, require('geo').lookup('Oslo'))):kind()", {}, { modules: ["geo"] }),
    ).toBe("PermissionDenied");
    await denied.close();
  });

  it("what cannot be is refused by name", async () => {
    await expect(createNodeRuntime({ thread: true, modules: [geo] })).rejects.toMatchObject({
      code: "invalid_argument",
      message: expect.stringContaining('the module "geo" is an object'),
    });
    const sync = defineModule({
      name: "geo",
      description: "x",
      class: ["deterministic"],
      functions: { bearing: fn({ run: () => 1 }) },
    });
    expect(() => hostModule(sync)).toThrow(
      'module "geo": "bearing" is synchronous and cannot run on the page; load the module in the worker, or make it async',
    );
    await expect(createNodeRuntime({ modules: [geo, geo] })).rejects.toThrow('module "geo" already registered');
    await expect(createNodeRuntime({ modules: ["nothing"] })).rejects.toThrow('there is no built-in module "nothing"');
  });

  it("a command nobody handles", async () => {
    const runtime = await createNodeRuntime({ modules: [geo], security: open });
    const answer = await runtime.runLua(
      "local _, e = require('geo').lookup('Oslo') return { e:kind(), e:message() }",
      {},
      { modules: ["geo"] },
    );
    expect(answer).toEqual(["Internal", expect.stringMatching(/^no handler for yield command \d+$/)]);
    await runtime.close();
  });
});
