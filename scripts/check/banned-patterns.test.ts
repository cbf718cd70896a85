import { expect, test } from "vitest";
import { lintText } from "./banned-patterns.ts";

test.each([
  ["src/a.ts", "const f = new Function(text);"],
  ["src/a.ts", "try { x(); } catch {}"],
  ["src/a.ts", "void work().catch(() => {});"],
  ["src/a.ts", "for (const key in value) use(key);"],
  ["src/a.ts", "const id = Math.random();"],
  ["src/a.ts", "let last = 0;"],
  ["src/a.ts", "const open = new WeakMap<Vfs, Set<string>>();"],
  ["src/client/a.ts", "console.log(1);"],
  ["src/client/a.ts", "  await using rt = await createRuntime();"],
  ["demo/a.ts", "node.innerHTML = text;"],
  ["src/a.test.ts", "test.skip('x', () => 1);"],
  ["src/a.test.ts", "expect(x).toMatchObject({ message: /text/ });"],
])("%s: %s is refused", (file, line) => {
  expect(lintText(file, line)).toHaveLength(1);
});

test.each([
  ["src/cli/a.ts", "console.log(1);"],
  ["src/a.test.ts", "const id = Math.random();"],
  ["src/a.ts", "for (const key of Object.keys(value)) use(key);"],
  ["src/a.ts", "// never eval(text)"],
  ["src/a.ts", 'const words = new Set(["a"]);'],
  ["src/a.test.ts", "let last = 0;"],
])("%s: %s is fine", (file, line) => {
  expect(lintText(file, line)).toEqual([]);
});

test("an exception needs a reason", () => {
  expect(lintText("src/a.ts", "// allowed: jitter only, no secret\nconst ms = Math.random();")).toEqual([]);
  expect(lintText("src/a.ts", "const ms = Math.random(); // allowed: ")).toHaveLength(1);
});
