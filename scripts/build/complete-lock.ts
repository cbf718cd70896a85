// Adds to package-lock.json the optional packages of other platforms that npm left out because the registry in use does
// not hold them: `npm ci` refuses a lock file without them. Run it after adding a dependency with native binaries.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "./bundle.ts";

const file = path.join(root, "package-lock.json");
interface LockEntry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
const lock = JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, LockEntry> };
const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const cpus = ["arm64", "arm", "ia32", "loong64", "ppc64", "riscv64", "s390x", "x64"];

/** What the package's manifest says, read off its name (`@biomejs/cli-linux-x64-musl`); none for other packages. */
function platform(name: string): Pick<LockEntry, "cpu" | "libc" | "os"> | undefined {
  const words = (name.split("/").at(-1) ?? "").split("-");
  const os = systems.find((system) => words.includes(system));
  const cpu = cpus.find((each) => words.includes(each));
  if (!os || !cpu) return undefined;
  const libc = ["musl", "glibc"].find((each) => words.includes(each));
  return { cpu: [cpu], ...(libc ? { libc: [libc] } : {}), os: [os] };
}

let added = 0;
for (const [where, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const found = [`${where}/node_modules/${name}`, `node_modules/${name}`].some((key) => lock.packages[key]);
    const only = platform(name);
    if (found || !only || !/^\d/.test(version)) continue;
    lock.packages[`node_modules/${name}`] = { version, ...(entry.dev ? { dev: true } : {}), optional: true, ...only };
    added++;
  }
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en"));
lock.packages = Object.fromEntries(sorted);
if (added > 0) writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`);
console.log(`${added} platform packages added to package-lock.json`);
