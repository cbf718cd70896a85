/**
 * luaskills-wasm/shell: the embedded shell as a module of its own, for a Cloudflare Worker, which can load nothing later.
 *
 * @example
 * import { createEdgeRuntime } from "luaskills-wasm/cloudflare";
 * import { shell } from "luaskills-wasm/shell";
 * const runtime = await createEdgeRuntime({ shell, process: { kind: "shell" } });
 *
 * @module
 */
import type { EmbeddedShellModule } from "../parts.ts";
import { EmbeddedShell } from "./embedded-shell.ts";

export const shell: EmbeddedShellModule = { load: (parts) => EmbeddedShell.load(parts) };
