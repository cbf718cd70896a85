import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InMemoryTransport, MessagePortTransport, mcpServer } from "../../../src/adapters/mcp/index.ts";
import type { Runtime } from "../../../src/contract/contract.ts";
import { clientSuite, lateSkill } from "./client-suite.ts";
import { connected, probeRuntime, textOf, writeSkill } from "./world.ts";

const transports = {
  "in memory": () => InMemoryTransport.createLinkedPair(),
  "over a MessagePort": () => {
    const { port1, port2 } = new MessageChannel();
    return [new MessagePortTransport(port1), new MessagePortTransport(port2)] as const;
  },
};

describe.each(Object.entries(transports))("MCP %s", (_name, link) => {
  let runtime: Runtime;
  let client: Client;
  beforeAll(async () => {
    runtime = await probeRuntime();
    const [ours, theirs] = link();
    await mcpServer(runtime).connect(ours);
    client = await connected(theirs);
  });
  afterAll(async () => {
    await client?.close();
    await runtime?.close();
  });
  clientSuite(() => ({
    client,
    install: async () => {
      await writeSkill(runtime, "late", lateSkill);
      await runtime.skills.reload();
    },
  }));

  it("ends on both sides with either, and leaves the runtime open", async () => {
    const [ours, theirs] = link();
    const server = mcpServer(runtime);
    await server.connect(ours);
    const ended = new Promise<void>((resolve) => {
      server.onclose = resolve;
    });
    const second = await connected(theirs);
    await second.close();
    await ended;
    await second.close();
    await writeSkill(runtime, "later", lateSkill);
    await runtime.skills.reload();
    expect((await runtime.call("probe-echo", { text: "open" })).content).toBe("open");
  });
});

describe("mcpServer", () => {
  it("offers what its options say", async () => {
    const runtime = await probeRuntime();
    await runtime.fs.write("/runtime/notes/a b.md", "one");
    await runtime.fs.write("/runtime/notes/raw.png", Uint8Array.of(0x89, 0xff));
    await runtime.fs.write("/runtime/private.txt", "no");
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    const server = mcpServer(runtime, {
      name: "notes",
      version: "9.0.0",
      instructions: "Be brief.",
      include: ({ localName }) => localName !== "loop",
      exclude: ["probe-boom"],
      annotations: ({ localName }) => (localName === "echo" ? { openWorldHint: false } : undefined),
      outputSchemas: { "probe-echo": { type: "object" } },
      resources: { help: false, files: ["/runtime/notes"], maxBytes: 3 },
      prompts: false,
    });
    await server.connect(ours);
    const client = await connected(theirs);
    expect(client.getServerVersion()).toMatchObject({ name: "notes", version: "9.0.0" });
    expect(client.getInstructions()).toBe("Be brief.");
    expect(client.getServerCapabilities()?.prompts).toBeUndefined();
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["probe-add", "probe-count", "probe-echo", "probe-steps"]);
    expect(tools[2]?.annotations).toEqual({ openWorldHint: false });
    await expect(client.callTool({ name: "probe-loop" })).rejects.toMatchObject({ code: -32602 });
    // It promised an object.
    const broken = await client.callTool({ name: "probe-echo", arguments: { text: "words" } });
    expect(broken).toMatchObject({ isError: true });
    expect(textOf(broken)).toContain("has to return a JSON object");
    const { resources } = await client.listResources();
    expect(resources).toMatchObject([
      { uri: "luaskills://files/runtime/notes/a%20b.md", name: "/runtime/notes/a b.md", mimeType: "text/markdown" },
      { uri: "luaskills://files/runtime/notes/raw.png", mimeType: "image/png" },
    ]);
    const read = async (uri: string) => (await client.readResource({ uri })).contents[0];
    expect(await read("luaskills://files/runtime/notes/a%20b.md")).toMatchObject({ text: "one" });
    expect(await read("luaskills://files/runtime/notes/raw.png")).toMatchObject({ blob: "if8=" });
    for (const uri of [
      "luaskills://files/runtime/private.txt",
      "luaskills://files/runtime/notes/../private.txt",
      "luaskills://files/runtime/notes/%2e%2e/private.txt",
      "luaskills://files/runtime/notes%2f..%2fprivate.txt",
      "luaskills://files/runtime/notesx",
      "luaskills://help/probe/main",
      "file:///runtime/notes/raw.png",
      "nonsense",
    ])
      await expect(client.readResource({ uri }), uri).rejects.toMatchObject({ code: -32002 });
    await runtime.fs.write("/runtime/notes/long.txt", "four");
    await expect(client.readResource({ uri: "luaskills://files/runtime/notes/long.txt" })).rejects.toThrow("at most 3");
    await runtime.close();
    await client.close();
  });

  it("offers no help that nobody wrote", async () => {
    const runtime = await probeRuntime();
    const entry = "entries: [{ name: say, description: x, lua_entry: runtime/say.lua, lua_module: hi.say }]";
    await runtime.fs.write("/runtime/skills/hi/skill.yaml", `name: Hi\nversion: 1.0.0\n${entry}\n`);
    await runtime.fs.write("/runtime/skills/hi/runtime/say.lua", 'return function() return "hi" end');
    await runtime.skills.reload();
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    await mcpServer(runtime).connect(ours);
    const client = await connected(theirs);
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri).filter((uri) => uri.includes("/help/hi/"))).toEqual([]);
    expect(resources.length).toBeGreaterThan(0);
    for (const { uri } of resources) expect((await client.readResource({ uri })).contents).toHaveLength(1);
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).not.toContain("hi");
    for (const { name } of prompts) expect((await client.getPrompt({ name })).messages).toHaveLength(1);
    await client.close();
    await runtime.close();
  });

  it("shortens names that vendors refuse, and finds them again", async () => {
    const runtime = await probeRuntime();
    const id = `s${"x".repeat(70)}`;
    await writeSkill(runtime, id, {
      ...lateSkill,
      "skill.yaml": lateSkill["skill.yaml"]?.replaceAll("late.", `${id}.`) ?? "",
    });
    await runtime.skills.reload();
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    await mcpServer(runtime).connect(ours);
    const client = await connected(theirs);
    const { tools } = await client.listTools();
    const name = tools.at(-1)?.name ?? "";
    expect(name).toMatch(/^sx+_[0-9a-f]{8}$/);
    expect(textOf(await client.callTool({ name }))).toBe("hello");
    await client.close();
    await runtime.close();
  });

  it("refuses options that cannot be used", async () => {
    const runtime = await probeRuntime();
    expect(() => mcpServer(runtime, { resources: ["notes"] })).toThrow(/"notes" is not an absolute path/);
    await runtime.close();
  });
});
