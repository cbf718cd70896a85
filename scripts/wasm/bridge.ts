/**
 * Puts the functions of `src/lua/wasm/wat/bridge.wat` inside lua.wasm: its imports from "lua" become the module's own
 * functions, its imports from "host" become imports from "env".
 * @module
 */
import bridge from "../../src/lua/wasm/wat/bridge.wat?raw";
import { AnchorError } from "./anchors.ts";
import type { WatModule } from "./wat-module.ts";

const ownImport = /^\(import "lua" "(\w+)" \(func (\$\w+) /;
const hostImport = /^\(import "host" /;

export function addBridge(module: WatModule): void {
  const fields = moduleFields(bridge);
  const own = new Map(ownNames(fields, module));
  for (const field of fields) {
    if (ownImport.test(field) || field.startsWith('(import "lua" "memory"')) continue;
    const text = field.replaceAll(/\$lua_\w+/g, (name) => own.get(name) ?? name);
    const kind = /^\((import|global|func|export)\b/.exec(field)?.[1];
    if (kind === undefined) throw new AnchorError("bridge.wat", `has a field this script does not know: ${field}`);
    module.addField(kind as "import" | "global" | "func" | "export", text.replace(hostImport, '(import "env" '));
  }
}

function ownNames(fields: readonly string[], module: WatModule): [string, string][] {
  return fields.flatMap((field) => {
    const match = ownImport.exec(field);
    return match?.[1] && match[2] ? [[match[2], module.exported(match[1])] as [string, string]] : [];
  });
}

/** The fields of `(module …)`, without comments. */
function moduleFields(wat: string): string[] {
  const text = wat.replaceAll(/;;.*$/gm, "").trim();
  const fields: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") {
      if (depth === 1) start = i;
      depth++;
    } else if (text[i] === ")") {
      depth--;
      if (depth === 1) fields.push(text.slice(start, i + 1));
    }
  }
  return fields;
}
