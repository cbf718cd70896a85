/**
 * What clients may read: help pages, and the files the host has chosen.
 * @module
 */
import { ErrorCode, McpError, type ReadResourceResult, type Resource } from "@modelcontextprotocol/sdk/types.js";
import { encodeBase64 } from "../../base/bytes/base64.ts";
import { isInside, normalise } from "../../base/paths.ts";
import type { Runtime } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { helpPage, helpResources } from "./help-pages.ts";
import { mediaType } from "./media-type.ts";
import type { McpResources, McpServerOptions } from "./options.ts";

const filesPrefix = "luaskills://files";

/** A listing is for people to choose from; beyond it a file is read by its URI. */
const listed = 1_000;

/** The option with its shorthands spelled out; undefined: nothing is offered. @throws LuaSkillsError `invalid_argument` */
export function chosenResources(option: McpServerOptions["resources"]): Required<McpResources> | undefined {
  if (option === false) return undefined;
  const {
    help = true,
    files = [],
    maxBytes = 2 ** 20,
  }: McpResources = Array.isArray(option) ? { files: option as readonly string[] } : ((option ?? {}) as McpResources);
  for (const file of files) {
    if (!file.startsWith("/")) {
      const text = `resources.files: ${JSON.stringify(file)} is not an absolute path of the virtual filesystem`;
      throw new LuaSkillsError("invalid_argument", text);
    }
  }
  return { help, files: files.map(normalise), maxBytes };
}

export async function listResources(runtime: Runtime, chosen: Required<McpResources>): Promise<Resource[]> {
  const found = chosen.help ? await helpResources(runtime) : [];
  for (const path of chosen.files) {
    for await (const file of filesBelow(runtime, path)) {
      if (found.length >= listed) return found;
      found.push({ uri: `${filesPrefix}${encodePath(file)}`, name: file, mimeType: mediaType(file) });
    }
  }
  return found;
}

export async function readResource(
  runtime: Runtime,
  uri: string,
  chosen: Required<McpResources>,
): Promise<ReadResourceResult> {
  const parsed = URL.canParse(uri) ? new URL(uri) : undefined;
  if (parsed?.protocol === "luaskills:" && parsed.host === "help" && chosen.help) {
    const page = await helpPage(runtime, parsed);
    if (page) return { contents: [{ uri, mimeType: "text/markdown", text: page.content }] };
  }
  if (parsed?.protocol === "luaskills:" && parsed.host === "files") {
    const path = normalise(decodeURIComponent(parsed.pathname));
    if (chosen.files.some((each) => isInside(path, each))) return fileContents(runtime, uri, path, chosen.maxBytes);
  }
  throw notFound(uri);
}

async function fileContents(
  runtime: Runtime,
  uri: string,
  path: string,
  maxBytes: number,
): Promise<ReadResourceResult> {
  const stat = await runtime.fs.stat(path);
  if (stat?.kind !== "file") throw notFound(uri);
  if (stat.size > maxBytes) {
    const text = `${path} has ${stat.size} bytes; the host hands out files of at most ${maxBytes} (resources.maxBytes)`;
    throw new McpError(ErrorCode.InvalidRequest, text);
  }
  const bytes = await runtime.fs.readBytes(path);
  const mimeType = mediaType(path);
  const text = textOf(bytes);
  return {
    contents: [text === undefined ? { uri, mimeType, blob: encodeBase64(bytes) } : { uri, mimeType, text }],
  };
}

async function* filesBelow(runtime: Runtime, path: string): AsyncGenerator<string, void, undefined> {
  const stat = await runtime.fs.stat(path);
  if (stat?.kind === "file") yield path;
  if (stat?.kind !== "dir") return;
  for (const name of (await runtime.fs.list(path)).sort()) yield* filesBelow(runtime, normalise(`${path}/${name}`));
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** Undefined: not text. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The code MCP has for it is not in the SDK's list. */
function notFound(uri: string): McpError {
  return new McpError(-32002, `there is no resource ${JSON.stringify(uri)}; resources/list tells what there is`, {
    uri,
  });
}
