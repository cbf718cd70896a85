import type { CallResult, Json, JsonObject } from "../../src/contract/contract.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import type { Expectation, Step } from "./case-format.ts";
import { type CaseRuntime, casePath, putFile } from "./case-runtime.ts";
import { compare, compareError, compareSubset, type Mismatch } from "./matchers.ts";

/** What a step produced, under the name its `expect` compares. */
type Product = Partial<Record<"value" | "result" | "text" | "base64" | "missing", unknown>>;
type Action = (runtime: CaseRuntime, step: Step) => Promise<Product>;

const actions: Readonly<Record<string, Action>> = {
  run_lua: async (runtime, step) => ({
    value: await runtime.request({
      op: "runLua",
      code: step.run_lua ?? "",
      args: step.args ?? {},
      ...(step.context ? { context: step.context } : {}),
      ...(runtime.modules ? { modules: runtime.modules } : {}),
    }),
  }),

  call: async (runtime, step) => ({
    result: wireResult(
      await runtime.request({
        op: "call",
        name: step.call ?? "",
        args: (step.args ?? {}) as JsonObject,
        ...(step.context ? { context: step.context } : {}),
      }),
    ),
  }),

  luaexec: async (runtime, step) => ({
    text: await runtime.request({ op: "luaexec", request: step.luaexec ?? {} }),
  }),

  engine: async (runtime, step) => ({
    value: await runtime.json(step.engine?.method ?? "", step.engine?.params ?? {}),
  }),

  load: async (runtime, step) => {
    await runtime.loadRoots("load_from_roots", Array.isArray(step.load) ? step.load : runtime.roots);
    return {};
  },

  reload: async (runtime, step) => {
    await runtime.loadRoots("reload_from_roots", Array.isArray(step.reload) ? step.reload : runtime.roots);
    return {};
  },

  read: async (runtime, step) => {
    const path = casePath(step.read ?? "");
    const stat = runtime.fs.stat(path, { followLinks: true });
    if (!stat) return { missing: true };
    if (stat.kind !== "file") return { missing: false };
    const bytes = runtime.fs.readFile(path);
    return {
      missing: false,
      text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes),
      base64: toBase64(bytes),
    };
  },

  write: async (runtime, step) => {
    const { path, text, base64 } = step.write ?? { path: "" };
    putFile(runtime.fs, path, base64 === undefined ? new TextEncoder().encode(text ?? "") : fromBase64(base64));
    return {};
  },

  restart: async (runtime) => {
    await runtime.restart();
    return {};
  },

  advance_ms: async (runtime, step) => {
    runtime.clock.advance(step.advance_ms ?? 0);
    return {};
  },

  held: async (runtime, step) => {
    await runtime.gates.reached(step.held ?? "");
    return {};
  },

  release: async (runtime, step) => {
    runtime.gates.release(step.release ?? "");
    return {};
  },

  events: async (runtime, step) => ({ value: runtime.takeEvents(step.events ?? "log") as Json }),
};

/** Steps that began and are not finished, by the name they were started under. */
export type StartedSteps = Map<string, Promise<string | undefined>>;

/** Runs one step, or begins or finishes it. Undefined when it did what the case expects, otherwise a sentence about the difference. */
export async function runStep(runtime: CaseRuntime, step: Step, started: StartedSteps): Promise<string | undefined> {
  const { start, finish, ...action } = step;
  if (finish !== undefined) {
    const running = started.get(finish);
    started.delete(finish);
    return running === undefined ? `nothing was started as ${JSON.stringify(finish)}` : await running;
  }
  if (start === undefined) return perform(runtime, action);
  if (started.has(start)) return `${JSON.stringify(start)} was started already`;
  started.set(start, perform(runtime, action));
  return undefined;
}

async function perform(runtime: CaseRuntime, step: Step): Promise<string | undefined> {
  const names = Object.keys(step).filter((key) => Object.hasOwn(actions, key));
  const [name] = names;
  const action = name === undefined ? undefined : actions[name];
  if (!action || names.length !== 1) {
    return `a step needs exactly one action of ${Object.keys(actions).join(", ")}; it has ${names.join(", ") || Object.keys(step).join(", ")}`;
  }
  const expected = step.expect ?? {};
  let product: Product;
  try {
    product = await action(runtime, step);
  } catch (thrown) {
    if (expected.error === undefined) return `${name} failed: ${describe(thrown)}`;
    const mismatch = compareError(expected.error, thrown instanceof Error ? thrown.message : String(thrown));
    return mismatch && `${name}: ${sentence(mismatch)}`;
  }
  if (expected.error !== undefined) {
    return `${name}: expected the error ${JSON.stringify(expected.error)}, but it succeeded with ${JSON.stringify(product)}`;
  }
  const mismatch = check(expected, product);
  return mismatch && `${name}: ${sentence(mismatch)}`;
}

function check(expected: Expectation, product: Product): Mismatch | undefined {
  if (expected.missing !== undefined) return compare(expected.missing, product.missing);
  if (expected.result !== undefined) return compareSubset(expected.result, product.result);
  for (const key of ["value", "text", "base64"] as const) {
    if (!Object.hasOwn(expected, key)) continue;
    const mismatch = compare(expected[key], product[key]);
    if (mismatch) return mismatch;
  }
  return undefined;
}

/** The snake_case members of the wire (engine.md §7.3). */
function wireResult(result: CallResult): JsonObject {
  return {
    content: result.content,
    overflow_mode: result.overflowMode,
    template_hint: result.templateHint,
    content_bytes: result.contentBytes,
    content_lines: result.contentLines,
    ...(result.hostResult === undefined ? {} : { host_result: { ...result.hostResult } }),
  };
}

function sentence({ path, expected, actual }: Mismatch): string {
  return `at ${path}\n      expected ${expected}\n      got      ${actual}`;
}

function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const code = "code" in thrown ? `[${String(thrown.code)}] ` : "";
  const traceback = "luaTraceback" in thrown && thrown.luaTraceback ? `\n${String(thrown.luaTraceback)}` : "";
  const isOurs = thrown.name === "LuaSkillsError" && code !== "[internal] ";
  return `${code}${thrown.message}${traceback}${isOurs ? "" : `\n${thrown.stack ?? ""}`}`;
}
