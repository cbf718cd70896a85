/**
 * Attacks in a folder of files: each begins with comments that say what is to hold.
 * @module
 */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Kind, Program } from "./programs.ts";

const lateMs = 50;
const limitMs = 300;

/**
 * Every `.lua` file of `folder`: one kind for each set of options, which a runtime has from its start, and one more for those of them
 * that end by themselves and have something to say.
 */
export async function kindsOf(folder: string): Promise<Kind[]> {
  const kinds = new Map<string, Kind & { readonly programs: Program[] }>();
  for (const file of (await readdir(folder)).filter((name) => name.endsWith(".lua")).sort()) {
    const code = await readFile(path.join(folder, file), "utf8");
    const head = new Map([...code.matchAll(/^-- (\w+): (.*)$/gm)].map(([, name = "", value = ""]) => [name, value]));
    const options = head.get("options") ?? "{}";
    const { limits = {} } = JSON.parse(options) as Pick<Kind, "limits">;
    const name = `${path.basename(folder)} ${Object.keys(limits).join(" ")}`.trim();
    const mustSay = head.get("want_says");
    const ends = mustSay !== undefined;
    const key = `${options}${ends ? " says" : ""}`;
    const kind = kinds.get(key) ?? {
      name: ends ? `${name}, says` : name,
      programs: [],
      limitMs,
      lateMs,
      isWork: true,
      ends,
      limits,
    };
    kinds.set(key, kind);
    kind.programs.push({
      name: file.replace(".lua", ""),
      code,
      limitMs: Number(head.get("limit_ms") ?? limitMs),
      ...(mustSay === undefined ? {} : { mustSay }),
    });
  }
  return [...kinds.entries()].map(([options, kind], i) => ({
    ...kind,
    name: options.startsWith("{}") ? kind.name : `${kind.name} ${i}`,
  }));
}
