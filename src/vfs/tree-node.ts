/**
 * Files and directories of the memory tree.
 * @module
 */
import { FileContent } from "./file-content.ts";

/** Ids are never reused within a store; the root is 0 and has no record. */
export class DirectoryNode {
  readonly kind = "dir";
  readonly children = new Map<string, TreeNode>();
  /** Undefined for the root and for what was removed. */
  parent: DirectoryNode | undefined;

  constructor(
    readonly id: number,
    public name: string,
    public modifiedMs: number,
  ) {}
}

export class FileNode {
  readonly kind = "file";
  parent: DirectoryNode | undefined;
  /** Handles that have it open. */
  opened = 0;
  /** Counts changes of the content since the tree was loaded. */
  revision = 0;

  constructor(
    readonly id: number,
    public name: string,
    public modifiedMs: number,
    public content: FileContent = new FileContent(),
  ) {}
}

export type TreeNode = DirectoryNode | FileNode;

export function attach(parent: DirectoryNode, node: TreeNode): void {
  parent.children.set(node.name, node);
  node.parent = parent;
}

export function detach(node: TreeNode): void {
  node.parent?.children.delete(node.name);
  node.parent = undefined;
}

/** The node and everything beneath it, parents before children. Iterative: guests decide how deep a tree is. */
export function subtree(node: TreeNode): TreeNode[] {
  const out: TreeNode[] = [node];
  for (const at of out) {
    if (at.kind === "dir") for (const child of at.children.values()) out.push(child);
  }
  return out;
}

/** Bytes of content beneath a node, for the quota. */
export function contentBytes(node: TreeNode): number {
  return node.kind === "file" ? node.content.size : 0;
}

/** Whether `node` is `ancestor` or lies beneath it. */
export function liesIn(node: TreeNode, ancestor: TreeNode): boolean {
  for (let at: TreeNode | undefined = node; at; at = at.parent) if (at === ancestor) return true;
  return false;
}
