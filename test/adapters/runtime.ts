/**
 * A runtime in this thread with the skills the tests of adapters call.
 * @module
 */
import { onTestFinished } from "vitest";
import type { Runtime } from "../../src/contract/contract.ts";
import { createNodeRuntime, type NodeRuntimeOptions } from "../../src/platforms/node/node.ts";

export const demoFiles: Readonly<Record<string, string>> = {
  "demo/skill.yaml": `name: demo
version: 0.1.0
entries:
  - name: add
    description: Adds two numbers.
    lua_entry: runtime/add.lua
    lua_module: demo.add
    input_schema:
      type: object
      properties:
        a: { type: number, description: first }
        b: { type: number, description: second }
      required: [a, b]
      additionalProperties: false
  - name: count
    description: Counts, and says how far it is.
    lua_entry: runtime/count.lua
    lua_module: demo.count
    parameters:
      - { name: to, type: number, required: true, description: where to stop }
  - { name: forever, description: Never ends., lua_entry: runtime/forever.lua, lua_module: demo.forever }
  - { name: fail, description: Always fails., lua_entry: runtime/fail.lua, lua_module: demo.fail }
`,
  "demo/runtime/add.lua": "return function(args) return tostring(args.a + args.b) end\n",
  "demo/runtime/count.lua": `return function(args)
  for i = 1, args.to do vulcan.runtime.progress(i, args.to, "at " .. i) end
  return "counted to " .. args.to
end
`,
  "demo/runtime/forever.lua": `return function()
  vulcan.runtime.progress(1)
  while true do end
end
`,
  "demo/runtime/fail.lua": 'return function() error("the cellar is flooded") end\n',
};

/** Another skill, for changes of the registry. */
export const laterFiles: Readonly<Record<string, string>> = {
  "later/skill.yaml": `name: later
version: 0.1.0
entries:
  - { name: hello, description: Says hello., lua_entry: runtime/hello.lua, lua_module: later.hello }
`,
  "later/runtime/hello.lua": 'return function() return "hello" end\n',
};

/** Closed when the test ends. */
export async function adapterRuntime(options: NodeRuntimeOptions = {}): Promise<Runtime> {
  const runtime = await createNodeRuntime({ storage: "memory", ...options });
  onTestFinished(() => runtime.close());
  await addSkills(runtime, demoFiles);
  return runtime;
}

export async function addSkills(runtime: Runtime, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) await runtime.fs.write(`/runtime/skills/${path}`, text);
  await runtime.skills.reload();
}
