import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { exitCodes } from "../../base/error-status.ts";
import { version } from "../../base/version.ts";
import { LuaSkillsError } from "../../errors.ts";
import { createNodeRuntime } from "../../platforms/node/node.ts";
import { packageFolder } from "../package-folder.ts";
import type { CommonSwitches, Run } from "../run.ts";
import { textTable } from "../text-table.ts";

interface Fact {
  readonly what: string;
  readonly ok: boolean;
  readonly said: string;
}

/** Optional packages: what is there without them, and with them. */
const optional: Readonly<Record<string, string>> = {
  "jieba-wasm": "the tokenizer jieba of full-text search",
  koffi: "native libraries through a bridge",
  "@modelcontextprotocol/sdk": "luaskills-wasm/mcp in a program of yours",
};

/** `luaskills-wasm doctor`: what this machine can do, tried and not guessed. */
export async function doctor(run: Run, switches: CommonSwitches): Promise<number> {
  const facts = [
    { what: "luaskills-wasm", ok: true, said: version },
    nodeFact(),
    ...files(),
    ...(await engineFacts()),
    ...Object.entries(optional).map(([name, about]) => optionalFact(name, about)),
  ];
  if (switches.json) run.json(facts);
  else run.print(textTable(facts.map(({ what, ok, said }) => ({ "": ok ? "ok" : "NO", what, said }))));
  return facts.every(({ ok }) => ok) ? exitCodes.ok : exitCodes.environment;
}

function nodeFact(): Fact {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return { what: "Node", ok, said: `${process.versions.node}${ok ? "" : "; 20.19 is the oldest that works"}` };
}

function files(): Fact[] {
  return ["lua.wasm", "sqlite3.wasm"].map((file) => {
    const url = new URL(`dist/${file}`, packageFolder());
    return existsSync(url)
      ? { what: file, ok: true, said: `${readFileSync(url).length} bytes` }
      : { what: file, ok: false, said: "is missing: install the package again" };
  });
}

async function engineFacts(): Promise<Fact[]> {
  try {
    const runtime = await createNodeRuntime({ storage: { kind: "memory" } });
    const { waiting, metered } = runtime.capabilities;
    const answer = await runtime.runLua("return 6 * 7");
    await runtime.close();
    return [
      { what: "Lua runs", ok: answer === 42, said: metered ? "metered: endless loops end" : "not metered" },
      {
        what: "waiting",
        ok: true,
        said: waiting === "J" ? "everywhere (JSPI)" : "not inside sort, gsub and metamethods: this Node has no JSPI",
      },
    ];
  } catch (thrown) {
    const { code, message } = LuaSkillsError.from(thrown);
    return [{ what: "Lua runs", ok: false, said: `${code}: ${message}` }];
  }
}

function optionalFact(name: string, about: string): Fact {
  const here = createRequire(new URL("package.json", packageFolder()));
  try {
    here.resolve(`${name}/package.json`);
    return { what: name, ok: true, said: `installed: ${about}` };
  } catch (thrown) {
    // Packages may keep their package.json to themselves; then they are there all the same.
    const there = (thrown as NodeJS.ErrnoException).code === "ERR_PACKAGE_PATH_NOT_EXPORTED";
    return { what: name, ok: true, said: there ? `installed: ${about}` : `not installed; it is for ${about}` };
  }
}
