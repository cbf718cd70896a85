import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { artefacts, compileArtefact, generatedText } from "./artefacts.ts";

const root = process.cwd();

test.each(artefacts)("$generated is what $source compiles to", async (artefact) => {
  const bytes = await compileArtefact(root, artefact);
  const checkedIn = await readFile(artefact.generated, "utf8");
  expect(checkedIn, "run `npm run build:wasm` and commit the result").toBe(generatedText(artefact, bytes));
});

test("trampolines pass every signature through, with its types", async () => {
  const [trampolines] = artefacts;
  if (!trampolines) throw new Error("no trampolines");
  const module = new WebAssembly.Module(Uint8Array.from(await compileArtefact(root, trampolines)));
  const signatures = WebAssembly.Module.exports(module).map((entry) => entry.name);
  expect(signatures).toHaveLength(29);
  const calls: unknown[][] = [];
  const e: Record<string, (...args: unknown[]) => unknown> = {};
  for (const signature of signatures) {
    e[signature] = (...args) => {
      calls.push([signature, ...args]);
      return signature.startsWith("j") ? 7n : 7;
    };
  }
  const { exports } = new WebAssembly.Instance(module, { e });
  for (const signature of signatures) {
    const args = [...signature.slice(1)].map((letter, i) => (letter === "j" ? BigInt(i) : i));
    const result = (exports[signature] as (...args: unknown[]) => unknown)(...args);
    expect(result).toBe(signature.startsWith("v") ? undefined : signature.startsWith("j") ? 7n : 7);
    expect(calls.at(-1)).toEqual([signature, ...args]);
  }
});
