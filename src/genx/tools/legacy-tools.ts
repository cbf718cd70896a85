/**
 * Tool definitions of the older types, read as LuaTools (genx.md §6.4). A definition with jq is refused: its Lua form says
 * the same in a line.
 * @module
 */
import type { JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { LegacyToolDefinition, LuaToolDefinition } from "./tool-definition.ts";

/** The tool's name → what it is in Lua; text of definitions becomes Lua strings. */
type Translate = (definition: LegacyToolDefinition, env: Readonly<Record<string, string>>) => string;

const maxResponseBytes = 1024 * 1024;

const translations: Readonly<Record<string, Translate>> = {
  http: (definition, env) => {
    const {
      method = "GET",
      endpoint,
      url = endpoint,
      headers = {},
      bearer,
      auth,
    } = definition as Record<string, unknown>;
    if (typeof url !== "string") throw invalid(definition, "endpoint is required");
    const token = (auth as JsonObject | undefined)?.bearer ?? (auth as JsonObject | undefined)?.token ?? bearer;
    const all = {
      ...(headers as Record<string, string>),
      ...(token === undefined ? {} : { Authorization: `Bearer ${String(token)}` }),
    };
    const lines = Object.entries(all).map(
      ([name, value]) => `[${quoted(name)}] = ${quoted(expand(String(value), env))}`,
    );
    const verb = String(method).toUpperCase();
    const given = verb === "GET" || verb === "DELETE" ? "query = args" : "json = args";
    return `function invoke(ctx, args)
  local answer = ctx.http.request(${quoted(verb)}, ${quoted(expand(url, env))}, { headers = { ${lines.join(", ")} }, ${given} })
  if #answer.body > ${maxResponseBytes} then error("the response is larger than ${maxResponseBytes} bytes", 0) end
  if answer.status >= 400 then error("HTTP " .. answer.status .. ": " .. answer.body, 0) end
  return answer.json or answer.body
end`;
  },
  generator: (definition) => {
    const {
      model = "",
      prompt = "",
      mode = "generate",
      schema,
      output_schema: output = schema,
    } = definition as Record<string, unknown>;
    const text = `${quoted(String(prompt))} .. "\\n\\n" .. (args.input or args.text or args.prompt or __builtin.json_encode(args))`;
    if (mode === "json_output" || output !== undefined) {
      const decoded = `(__builtin.json_decode(${quoted(JSON.stringify(output ?? {}))}))`;
      return `function invoke(ctx, args) return ctx.generate_json(${quoted(String(model))}, ${text}, ${decoded}) end`;
    }
    return `function invoke(ctx, args) return ctx.generate(${quoted(String(model))}, ${text}) end`;
  },
  text_processor: (definition) => {
    const { model = "", prompt = "" } = definition as Record<string, unknown>;
    return `function invoke(ctx, args) return ctx.generate(${quoted(String(model))}, ${quoted(String(prompt))} .. "\\n\\n" .. (args.text or args.input or __builtin.json_encode(args))) end`;
  },
  composite: (definition) => {
    const { steps } = definition as Record<string, unknown>;
    if (!Array.isArray(steps) || steps.length === 0) throw invalid(definition, "steps is required");
    const lines = (steps as JsonObject[]).map((step, i) => {
      const tool = step.tool ?? step.$ref ?? step.name;
      if (typeof tool !== "string") throw invalid(definition, `step ${i + 1} names no tool`);
      const args =
        step.args === undefined
          ? i === 0
            ? "args"
            : "last"
          : `(__builtin.json_decode(${quoted(JSON.stringify(step.args))}))`;
      return `  last = ctx.invoke(${quoted(tool)}, ${args})`;
    });
    return `function invoke(ctx, args)\n  local last\n${lines.join("\n")}\n  return last\nend`;
  },
};

export const legacyTypes: ReadonlySet<string> = new Set([...Object.keys(translations), "built-in"]);

/** @throws LuaSkillsError `invalid_argument` for jq, an unknown type, or a definition that lacks something */
export function fromLegacyTool(
  definition: LegacyToolDefinition,
  env: Readonly<Record<string, string>>,
): LuaToolDefinition {
  const translate = Object.hasOwn(translations, definition.type) ? translations[definition.type] : undefined;
  if (translate === undefined) {
    throw invalid(definition, `the type "${definition.type}" is not known; known: ${[...legacyTypes].join(", ")}`);
  }
  const jq = jqMember(definition);
  if (jq !== undefined) {
    throw invalid(
      definition,
      `${jq} is jq, which GenX does not run; write the tool as { lua = "function invoke(ctx, args) … end" }`,
    );
  }
  const { name, description, params, quit } = definition;
  return { name, description, params, quit, lua: translate(definition, env) };
}

function jqMember(value: unknown, path = ""): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    if (/(?:^|_)jq$|^jq_/.test(key) && member !== undefined && member !== "") return path + key;
    const found = jqMember(member, `${path}${key}.`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `${NAME}` from the environment the host gave. */
function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{([A-Za-z_]\w*)\}/g, (_, name: string) =>
    Object.hasOwn(env, name) ? (env[name] ?? "") : "",
  );
}

/** A Lua string; JSON's escapes are Lua's but for the solidus and `\u`. */
function quoted(text: string): string {
  const body = text.replaceAll(/["\\\n\r\0]/g, (c) => `\\${c.charCodeAt(0).toString().padStart(3, "0")}`);
  return `"${body}"`;
}

function invalid({ name }: LegacyToolDefinition, what: string): LuaSkillsError {
  return new LuaSkillsError("invalid_argument", `tool ${name}: ${what}`);
}
