import { expect, it } from "vitest";
import { brokenFileReferences } from "./file-references.ts";

const files = ["src/lua/pool.ts", "src/lua/waiting/coroutine.lua"];
const broken = (text: string) => brokenFileReferences("src/a.ts", text, files);

it.each([
  "// as pool.ts does",
  " * see ../pool.ts and waiting/coroutine.lua",
  "-- coroutine.lua begins it",
  '// import { x } from "./gone.ts"',
  "/** `skills/notes/main.lua` is one */",
  'import { x } from "./gone.ts";',
  "// vulcan.runtime.lua is a function",
])("takes %s", (line) => {
  expect(broken(line)).toEqual([]);
});

it.each(["// as gone.ts does", " * lua/gone/pool.ts", "-- gone.lua"])("names what %s names in vain", (line) => {
  expect(broken(`\n${line}`)).toEqual([expect.stringMatching(/^src\/a\.ts:2: there is no .*(gone\.\w+|pool\.ts)$/)]);
});
