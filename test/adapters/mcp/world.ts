/**
 * A runtime with the skills these tests call, and a real client on the other end of whatever transport.
 * @module
 */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { Runtime, RuntimeOptions } from "../../../src/contract/contract.ts";
import { createNodeRuntime } from "../../../src/platforms/node/node.ts";

const manifest = `name: Probe
version: 1.0.0
entries:
  - name: add
    description: Adds two numbers.
    lua_entry: runtime/add.lua
    lua_module: probe.add
    input_schema:
      type: object
      properties: { a: { type: number }, b: { type: number } }
      required: [a, b]
      x-mcp:
        title: Addition
        annotations: { readOnlyHint: true, idempotentHint: true }
        outputSchema: { type: object, properties: { sum: { type: number } }, required: [sum] }
  - name: boom
    description: Fails.
    lua_entry: runtime/boom.lua
    lua_module: probe.boom
  - name: loop
    description: Never ends.
    lua_entry: runtime/loop.lua
    lua_module: probe.loop
  - name: steps
    description: Tells what it does.
    lua_entry: runtime/steps.lua
    lua_module: probe.steps
  - name: count
    description: Counts to three.
    lua_entry: runtime/count.lua
    lua_module: probe.count
  - name: echo
    description: Says it again.
    lua_entry: runtime/echo.lua
    lua_module: probe.echo
    parameters:
      - { name: text, type: string, description: What, required: true }
help:
  main: { file: help/main.md, description: All of it }
  topics:
    - { name: sums, file: help/sums.md, description: How to add }
`;

export const probeSkill: Readonly<Record<string, string>> = {
  "skill.yaml": manifest,
  "runtime/add.lua": "return function(args) return vulcan.json.encode({ sum = args.a + args.b }) end",
  "runtime/boom.lua": 'return function() error("kaput") end',
  "runtime/loop.lua": 'return function() vulcan.runtime.log("info", "begun") while true do end end',
  "runtime/steps.lua":
    'return function() for i = 1, 3 do vulcan.runtime.log(i == 3 and "warn" or "info", "step " .. i) end return "done" end',
  "runtime/count.lua":
    'return function() for i = 1, 3 do vulcan.runtime.progress(i, 3, "step " .. i) end return "counted" end',
  "runtime/echo.lua": "return function(args) return args.text end",
  "help/main.md": "# Probe\n",
  "help/sums.md": "Add with probe-add.\n",
};

export async function writeSkill(runtime: Runtime, id: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await runtime.fs.write(`/runtime/skills/${id}/${name}`, text);
}

export async function probeRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const runtime = await createNodeRuntime(options);
  await writeSkill(runtime, "probe", probeSkill);
  await runtime.skills.reload();
  return runtime;
}

export async function connected(transport: Transport): Promise<Client> {
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(transport);
  return client;
}

/** The text of a tool's answer. */
export function textOf(result: unknown): string {
  const { content = [] } = result as { content?: ReadonlyArray<{ text?: string }> };
  return content.map(({ text }) => text).join("");
}
