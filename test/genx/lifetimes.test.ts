// What a run, a VM or a model leaves behind: nothing.
import { describe, expect, it, vi } from "vitest";
import { createGenx, type Generator, scripted } from "../../src/genx/index.ts";
import { genxCommands } from "../../src/genx/scripts/commands.ts";
import { ScriptRunner } from "../../src/genx/scripts/script-runner.ts";
import { genxVm, scriptRuntime } from "./genx-vm.ts";

/** A model that talks for ever, and how many of its answers are being given. */
function chatter() {
  const count = { open: 0, begun: 0 };
  const generator: Generator = {
    async *stream() {
      count.begun++;
      count.open++;
      try {
        for (;;) yield { type: "text", text: "x" };
      } finally {
        count.open--;
      }
    },
  };
  return { count, generator };
}

describe("a scripted model", () => {
  const ask = async (model: ReturnType<typeof scripted>, system: string) => {
    const request = { model: "m", system, messages: [], tools: [], signal: new AbortController().signal };
    for await (const _ of model.stream(request));
  };

  it.each([
    ["a hundred by default", ["ok"], {}, 100],
    ["all its answers", Array.from({ length: 150 }, () => "ok"), {}, 150],
    ["what it is told", ["ok"], { keepRequests: 2 }, 2],
  ])("keeps %s of its requests, the last ones", async (_what, answers, options, kept) => {
    const model = scripted(answers, { loop: true, ...options });
    for (let n = 1; n <= 200; n++) await ask(model, String(n));
    expect(model.requests).toHaveLength(kept);
    expect(model.requests.at(-1)?.system).toBe("200");
  });
});

describe("streams of a script", () => {
  const scripts: readonly (readonly [what: string, source: string])[] = [
    [
      "left open beside one that was closed",
      `local a, b = rt:generate("talk", {}), rt:generate("talk", {})
      a:recv() b:recv() a:close()
      local c = rt:generate("talk", {}) c:recv()
      rt:output(1)`,
    ],
    ["left open by a script that fails", 'rt:generate("talk", {}):recv() error("no")'],
    ["left open by an iterator", 'for piece in ctx.generate_stream("talk", "x") do break end rt:output(1)'],
  ];

  it.each(scripts)("%s are closed when its run is over", async (_what, lua) => {
    const { count, generator } = chatter();
    const model = scripted([[{ tool: "t" }], "end"]);
    const genx = createGenx({ warn: () => {}, models: { default: model, talk: generator } });
    genx.attach(await scriptRuntime(genx.commands));
    const agent = await genx.createAgent({ type: "react", name: "a", tools: [{ name: "t", lua }] });
    for await (const _ of agent.run("go"));
    expect(count.begun).toBeGreaterThan(0);
    expect(count.open).toBe(0);
  });

  it("that is stopped while they open are closed", async () => {
    const { count, generator } = chatter();
    const commands = genxCommands({
      workshop: { models: { m: generator }, generator: () => generator } as never,
      scripts: new ScriptRunner(),
      transformers: {},
      realtime: async () => {
        throw new Error("none");
      },
    });
    const open = (signal: AbortSignal) => commands["genx.generate"]?.({ model: "m", context: {} }, { signal } as never);
    const receive = (id: unknown) =>
      commands["genx.stream"]?.({ op: "receive", id }, { signal: new AbortController().signal } as never);
    await receive(await open(new AbortController().signal));
    expect(count.open).toBe(1);
    await expect(receive(await open(AbortSignal.abort()))).rejects.toThrow("stream not found");
  });
});

describe("a VM that ends", () => {
  it("ends what it has under way at the host", async () => {
    const signals: AbortSignal[] = [];
    let streams = 0;
    const command = vi.fn(async (name: string) => (name === "genx.generate" ? `stream-${++streams}` : undefined));
    const vm = await genxVm({
      command,
      fetch: ({ signal }) => {
        signals.push(signal);
        return new Promise(() => {});
      },
    });
    await vm.run(`
      open, closed = __builtin.generate("m", {}), __builtin.generate("m", {})
      closed:close()
      require("genx").run({
        run = "r", kind = "tool", name = "t", agent = {}, runtime = {}, state = {},
        source = 'function invoke() waits = rt:http({ url = "https://a.test/" }) return true end',
      })`);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    command.mockClear();
    vm.vm.close();
    expect(command.mock.calls).toEqual([["genx.stream", { op: "close", id: "stream-1", chunk: undefined }]]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});
