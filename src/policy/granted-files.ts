/**
 * What `grants.files` says about paths that are nobody's in particular.
 * @module
 */
import { joinPath } from "../base/path-text.ts";
import { isInside } from "../base/paths.ts";
import type { FileGrants } from "../contract/contract.ts";
import { compileGlob } from "./glob.ts";
import type { FileLayout, GrantedFiles } from "./grant-source.ts";
import type { FileAccess } from "./path-rules.ts";

type PathTest = (path: string) => boolean;

export function grantedFiles({ read = [], write = [] }: FileGrants, { runtimeRoot, temp }: FileLayout): GrantedFiles {
  const places: Readonly<Record<string, readonly [head: string, test: PathTest]>> = {
    own: [runtimeRoot, () => false],
    temp: [temp, (path) => isInside(path, temp)],
    shared: [runtimeRoot, (path) => isInside(path, runtimeRoot) && !isInside(path, temp)],
    work: ["/", (path) => !isInside(path, runtimeRoot) && !isInside(path, temp)],
  };
  const absolute = (glob: string) => (glob.startsWith("/") ? glob : joinPath(runtimeRoot, glob));
  const test = (glob: string) => places[glob]?.[1] ?? compileGlob(absolute(glob));
  const [readable, writable] = [read.map(test), write.map(test)];
  const all = [...read, ...write];
  // Where what is granted begins: directories on the way there show themselves.
  const heads = all.map((glob) => places[glob]?.[0] ?? absolute(glob).replace(/\/[^/]*[*?].*$/s, ""));
  const named = all.filter((glob) => places[glob] === undefined).map(test);
  const covers = (tests: readonly PathTest[], path: string) => tests.some((matches) => matches(path));
  return {
    own: write.includes("own") ? "write" : "read",
    named: named.length === 0 ? undefined : (path) => covers(named, path),
    access: (path): FileAccess => {
      if (covers(writable, path)) return "write";
      if (covers(readable, path)) return "read";
      return heads.some((head) => isInside(head, path)) ? "branch" : "none";
    },
  };
}
