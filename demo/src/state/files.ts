import { signal } from "@preact/signals";
import { runtime, runtimeRoot } from "./engine.ts";

export interface FileNode {
  readonly name: string;
  readonly path: string;
  readonly isDir: boolean;
  readonly size: number;
  /** Undefined while a folder is closed. */
  readonly children: readonly FileNode[] | undefined;
}

const expanded = new Set<string>([runtimeRoot]);

async function read(path: string, name: string): Promise<FileNode | undefined> {
  const engine = runtime();
  const stat = await engine.fs.stat(path);
  if (!stat) return undefined;
  const isDir = stat.kind === "dir";
  if (!isDir || !expanded.has(path)) return { name, path, isDir, size: stat.size, children: undefined };
  const nodes = await Promise.all((await engine.fs.list(path)).map((child) => read(`${path}/${child}`, child)));
  const children = nodes.filter((node) => node !== undefined);
  children.sort((a, b) => Number(b.isDir) - Number(a.isDir) || a.name.localeCompare(b.name));
  return { name, path, isDir, size: stat.size, children };
}

/** The tree of the virtual filesystem, as far as it is unfolded. */
export const files = {
  tree: signal<FileNode | undefined>(undefined),
  async refresh(): Promise<void> {
    this.tree.value = await read(runtimeRoot, "runtime");
  },
  async toggle(path: string): Promise<void> {
    if (!expanded.delete(path)) expanded.add(path);
    await this.refresh();
  },
  async reveal(path: string): Promise<void> {
    for (let dir = path; dir.length > runtimeRoot.length; dir = dir.slice(0, dir.lastIndexOf("/"))) expanded.add(dir);
    await this.refresh();
  },
};
