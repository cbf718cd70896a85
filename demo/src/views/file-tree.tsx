import { useRef } from "preact/hooks";
import { Icon } from "../parts/icon.tsx";
import { saveFile } from "../parts/save-file.ts";
import { sizeText } from "../parts/size.ts";
import { checkStore, restoreBackup, saveBackup } from "../state/backup.ts";
import { closeBelow, editFile, openFile } from "../state/editor.ts";
import { runtime } from "../state/engine.ts";
import { type FileNode, files } from "../state/files.ts";
import { refreshLibrary, skillsDir } from "../state/library.ts";
import { attempt, notify } from "../state/notice.ts";
import { show } from "../state/view.ts";

export function FileTree() {
  const root = files.tree.value;
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <div class="side-body">
      <div class="row tree-head">
        <p class="muted">The virtual filesystem</p>
        <button
          type="button"
          class="icon-button small"
          aria-label="Read the tree again"
          onClick={() => void attempt(() => files.refresh())}
        >
          <Icon name="refresh" />
        </button>
        <button
          type="button"
          class="icon-button small"
          aria-label="Check what is stored"
          onClick={() => void attempt(checkStore)}
        >
          <Icon name="check" />
        </button>
        <button
          type="button"
          class="icon-button small"
          aria-label="Download a backup of everything"
          onClick={() => void attempt(saveBackup)}
        >
          <Icon name="download" />
        </button>
        <button
          type="button"
          class="icon-button small"
          aria-label="Restore a backup"
          onClick={() => chooser.current?.click()}
        >
          <Icon name="upload" />
        </button>
        <input
          ref={chooser}
          type="file"
          hidden
          accept=".zip,application/zip"
          aria-label="A backup to restore"
          onChange={({ currentTarget }) => {
            const [backup] = currentTarget.files ?? [];
            currentTarget.value = "";
            if (backup) void attempt(() => restoreBackup(backup));
          }}
        />
      </div>
      {root ? (
        <ul class="tree">
          <Node node={root} depth={0} />
        </ul>
      ) : (
        <p class="muted">Reading…</p>
      )}
    </div>
  );
}

function Node({ node, depth }: { readonly node: FileNode; readonly depth: number }) {
  const current = openFile.value?.path === node.path;
  const unfolded = node.children !== undefined;
  return (
    <li>
      <div class="node" style={{ "--depth": depth }}>
        <button
          type="button"
          class="node-name"
          aria-expanded={node.isDir ? unfolded : undefined}
          aria-current={current ? "true" : undefined}
          onClick={() => void attempt(() => (node.isDir ? files.toggle(node.path) : openNode(node)))}
        >
          <span class={`twist ${node.isDir ? (unfolded ? "unfolded" : "folded") : ""}`}>
            {node.isDir && <Icon name="chevron" />}
          </span>
          <Icon name={node.isDir ? "folder" : "file"} />
          <span class="node-text">{node.name}</span>
          {!node.isDir && <span class="node-size">{sizeText(node.size)}</span>}
        </button>
        {depth > 1 && (
          <button
            type="button"
            class="icon-button small node-action"
            aria-label={`Delete ${node.path}`}
            onClick={() => void attempt(() => removeNode(node))}
          >
            <Icon name="trash" />
          </button>
        )}
      </div>
      {node.children && (
        <ul>
          {node.children.length === 0 && (
            <li class="node-empty" style={{ "--depth": depth + 1 }}>
              empty
            </li>
          )}
          {node.children.map((child) => (
            <Node key={child.path} node={child} depth={depth + 1} />
          ))}
        </ul>
      )}
    </li>
  );
}

/** Text opens in the editor; anything else is handed over as a download. */
async function openNode(node: FileNode): Promise<void> {
  const bytes = await runtime().fs.readBytes(node.path);
  if (isText(bytes)) {
    await editFile(node.path);
    show("edit");
    return;
  }
  saveFile(node.name, bytes);
  notify("good", `${node.name} is not text; it was downloaded`);
}

function isText(bytes: Uint8Array): boolean {
  try {
    return !new TextDecoder("utf-8", { fatal: true }).decode(bytes).includes("\0");
  } catch {
    return false;
  }
}

async function removeNode(node: FileNode): Promise<void> {
  const what = node.isDir ? `the folder ${node.name} and all that is in it` : node.name;
  if (!confirm(`Delete ${what}?`)) return;
  await runtime().fs.remove(node.path, { recursive: true });
  closeBelow(node.isDir ? node.path : `${node.path}`);
  if (openFile.value?.path === node.path) openFile.value = undefined;
  if (node.path.startsWith(skillsDir)) await runtime().skills.reload();
  await refreshLibrary();
  await files.refresh();
}
