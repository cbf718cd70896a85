/**
 * The import law as a check: which room may import which, types included; Node built-ins only where a platform is Node.
 * @module
 */
import path from "node:path";
import type { Import } from "./imports.ts";
import { applications, ground, law, leaves, nodePlaces } from "./rooms.ts";

const everybodys: readonly string[] = ["errors.ts", "limits.ts"];

/** One line for each import the law forbids. `file` is a source below src/, no test. */
export function lawProblems(file: string, imports: readonly Import[]): string[] {
  const room = roomOf(file);
  const problems: string[] = [];
  for (const { specifier } of imports) {
    if (specifier.startsWith("node:")) {
      if (!nodePlaces.some((place) => place.test(file))) {
        problems.push(
          `imports ${specifier}; Node built-ins live only where the platform is Node (scripts/check/rooms.ts)`,
        );
      }
      continue;
    }
    // The barrel, errors and limits stand above the law.
    if (!specifier.startsWith(".") || room === undefined) continue;
    const to = path.posix.join(path.posix.dirname(file), specifier);
    if (to.startsWith("worker/") || to.endsWith("package.json")) continue;
    if (!to.startsWith("src/")) problems.push(`reaches outside src/: ${specifier}`);
    else problems.push(...forbidden(room, to, specifier));
  }
  return problems.map((problem) => `${file}: ${problem}`);
}

function forbidden(room: string, to: string, specifier: string): string[] {
  const target = roomOf(to);
  if (target === room) return [];
  const allowed = law[room];
  if (target === undefined) {
    const file = path.posix.basename(to);
    return allowed === undefined || everybodys.includes(file) ? [] : [`${room} may not import src/${file}`];
  }
  if (leaves.includes(target)) {
    return applications[room]?.includes(target) ? [] : [`imports ${target}, a leaf nobody imports`];
  }
  if (allowed === undefined || ground.includes(target) || allowed.includes(target)) return [];
  return [`${room} may not import ${target} (${specifier})`];
}

/** `src/lua/vm.ts` → lua; undefined for a file in src/ itself. */
function roomOf(file: string): string | undefined {
  const parts = file.split("/");
  return parts.length > 2 ? parts[1] : undefined;
}

/** A folder below src/ that the law does not know. */
export function unknownRooms(files: readonly string[]): string[] {
  const known = [...Object.keys(law), ...leaves];
  const rooms = new Set(files.map(roomOf).filter((room) => room !== undefined));
  return [...rooms]
    .filter((room) => !known.includes(room))
    .map((room) => `src/${room}/ is in no law: give it a line in scripts/check/rooms.ts and in CONTRIBUTING.md`);
}

/** A room of the law that the map for people does not name. */
export function unmappedRooms(map: string): string[] {
  return [...Object.keys(law), ...leaves]
    .filter((room) => !new RegExp(`^\\|[^|]*[\`/ ]${room}/`, "m").test(map))
    .map((room) => `CONTRIBUTING.md: the map has no line for src/${room}/`);
}
