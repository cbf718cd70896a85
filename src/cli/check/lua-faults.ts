/**
 * The Lua of a package: whether it compiles, and what it uses that this runtime refuses or a host has to allow.
 * @module
 */
import type { Runtime } from "../../contract/contract.ts";
import { blankedLua } from "./blanked-lua.ts";
import { error, type Finding, warning } from "./finding.ts";
import { packaged } from "./package-faults.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

interface Use {
  readonly pattern: RegExp;
  readonly severity: Finding["severity"];
  readonly text: string;
  /** Looks into strings, too. */
  readonly whole?: boolean;
}

const needsPrograms = "runs a program: a host has to allow that (option `process`); without it this fails";
const uses: readonly Use[] = [
  { pattern: /\bos\.exit\b/g, severity: "error", text: "os.exit is refused: a skill ends by returning from its entry" },
  {
    pattern: /\bstring\.dump\b/g,
    severity: "error",
    text: "string.dump is refused: Lua is loaded as text, never as bytecode",
  },
  {
    pattern: /\bpackage\.loadlib\b/g,
    severity: "warning",
    text: "package.loadlib finds nothing here: native libraries come through a bridge",
  },
  { pattern: /\b(?:io\.popen|os\.execute)\b/g, severity: "warning", text: needsPrograms },
  { pattern: /\bvulcan\.process\b/g, severity: "warning", text: `vulcan.process ${needsPrograms}` },
  {
    pattern: /\brequire\s*\(?\s*["']ffi["']/g,
    severity: "warning",
    text: "FFI has its types everywhere, and libraries only where a bridge allows them",
    whole: true,
  },
  {
    pattern: /\brequire\s*\(?\s*["'](?:socket|socket\.http|ssl|ssl\.https|lcurl)["']/g,
    severity: "warning",
    text: "reaches the network: a host has to allow the addresses (option `network`)",
    whole: true,
  },
];

export async function luaFaults(runtime: Runtime, files: ReadonlyMap<string, Uint8Array>): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const [file, bytes] of files) {
    if (!file.endsWith(".lua")) continue;
    const source = textOf(bytes);
    if (source === undefined) {
      found.push(error(file, "is not UTF-8 text"));
      continue;
    }
    const fault = await syntaxFault(runtime, file, source);
    if (fault !== undefined) found.push(fault);
    // What stays with its author runs where it may.
    if (packaged.test(file)) found.push(...refusedUses(file, source));
  }
  return found;
}

async function syntaxFault(runtime: Runtime, file: string, source: string): Promise<Finding | undefined> {
  const code = 'local f, message = load(args.source, "=" .. args.file, "t") return f and "" or message';
  const message = String(await runtime.runLua(code, { source, file }));
  if (message === "") return undefined;
  const [, line, text = message] = /:(\d+): (.*)$/s.exec(message) ?? [];
  return error(file, text, line === undefined ? {} : { line: Number(line) });
}

function refusedUses(file: string, source: string): Finding[] {
  const blanked = blankedLua(source);
  const found = uses.flatMap(({ pattern, severity, text, whole }) =>
    [...(whole ? blanked.withStrings : blanked.code).matchAll(pattern)].map(({ index }): Finding => {
      const before = source.slice(0, index).split("\n");
      const at = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
      return severity === "error" ? error(file, text, at) : warning(file, text, at);
    }),
  );
  return found.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined; // It is told as a finding.
  }
}
