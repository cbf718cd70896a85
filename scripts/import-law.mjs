// The import law of the house (CONTRIBUTING.md) as a check: which room may import which, Node built-ins only where a
// platform is Node, no file over 400 lines. Prints every violation and fails.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { root } from "./bundle.mjs";

const ground = ["base", "contract"];
/** room → rooms it may import (itself, the ground and src/errors, src/limits are implied). */
const law = {
  base: [],
  contract: [],
  wire: [],
  lua: [],
  vfs: [],
  net: [],
  policy: [],
  databases: ["lua", "vfs"],
  vectors: ["vfs", "databases"],
  sqlite: ["vfs", "databases"],
  process: ["vfs", "net", "policy"],
  modules: ["lua", "policy"],
  ffi: ["lua", "process"],
  host: ["lua", "vfs", "databases", "sqlite", "vectors", "process", "net", "modules", "policy", "ffi"],
  skills: ["vfs", "net", "policy"],
  engine: [
    ...["lua", "host", "skills", "vfs", "databases", "sqlite", "vectors", "process", "net", "modules", "policy"],
    ...["ffi", "wire"],
  ],
  client: ["wire"],
  http: ["wire", "client", "engine"],
};
/** A leaf that is an application, and the leaf it starts: the command line runs the engine in Node. */
const applications = { cli: ["platforms", "bridge", "adapters"], platforms: ["genx"] };
const leaves = ["platforms", "adapters", "testing", "cli", "bridge", "genx"];
const nodeRooms = ["bridge", "cli"];
const nodeFiles = [/^src\/platforms\/node\//, /^src\/http\/server\/node-listener/, /^src\/vfs\/backends\/directory/];
const maxLines = 400;

const problems = [];
const files = (await readdir(path.join(root, "src"), { recursive: true, withFileTypes: true }))
  .filter((e) => e.isFile() && e.name.endsWith(".ts") && !e.name.endsWith(".d.ts"))
  .map((e) => path.relative(root, path.join(e.parentPath, e.name)).replaceAll(path.sep, "/"));

for (const file of files) {
  const text = await readFile(path.join(root, file), "utf8");
  const isTest = file.endsWith(".test.ts");
  const lines = text.split("\n").length - 1;
  if (lines > maxLines && !isTest)
    problems.push(`${file}: ${lines} lines; split it (one noun per file, at most ${maxLines})`);
  if (isTest) continue;
  const room = file.split("/").length > 2 ? file.split("/")[1] : "";
  // Type-only imports of an interface file carry no code; they are how rooms name each other's shapes.
  if (room === "") continue; // the barrel, errors and limits
  for (const m of text.matchAll(/^(?:import|export)\s+(type\s)?[^"';]*?from\s+"([^"]+)"|import\("([^"]+)"\)/gm)) {
    const typeOnly = Boolean(m[1]);
    const target = m[2] ?? m[3] ?? "";
    if (target.startsWith("node:") && !nodeRooms.includes(room) && !nodeFiles.some((f) => f.test(file))) {
      problems.push(
        `${file}: imports ${target}; Node built-ins live only in ${nodeRooms.join(", ")}, platforms/node, vfs/backends/directory`,
      );
    }
    if (!target.startsWith(".")) continue;
    const to = path.posix.join(path.posix.dirname(file), target);
    if (!to.startsWith("src/")) {
      if (!to.startsWith("worker/") && !to.endsWith("package.json"))
        problems.push(`${file}: reaches outside src/: ${target}`);
      continue;
    }
    const parts = to.split("/");
    const toRoom = parts.length > 2 ? parts[1] : "";
    if (toRoom === room || typeOnly) continue;
    const rule = law[room];
    if (leaves.includes(toRoom) && !applications[room]?.includes(toRoom))
      problems.push(`${file}: imports ${toRoom}, a leaf nobody imports`);
    else if (rule && toRoom === "" && !["errors.ts", "limits.ts"].includes(parts[1]))
      problems.push(`${file}: ${room} may not import src/${parts[1]}`);
    else if (rule && toRoom !== "" && !ground.includes(toRoom) && !rule.includes(toRoom))
      problems.push(`${file}: ${room} may not import ${toRoom} (${target})`);
  }
}
for (const p of problems) console.error(p);
console.log(`import law: ${files.length} files, ${problems.length} violations`);
process.exit(problems.length > 0 ? 1 : 0);
