/**
 * Modules for editors and documents, out of their manifests: LuaLS, EmmyLua, Luau, Markdown, JSON. Pure: the same modules
 * give the same bytes.
 * @module
 */
import { classAnnotation, functionAnnotation, localOf } from "../../base/text/lua-annotations.ts";
import type { ModuleDef } from "../definition/module-definition.ts";
import { manifestOf } from "../definition/module-manifest.ts";
import type { FunctionShape, TypeShape } from "../definition/type-shapes.ts";
import { luauType, shapeText } from "./shape-text.ts";

export type AnnotationDialect = "luals" | "emmylua" | "luau" | "markdown" | "json";

export interface AnnotationFile {
  /** Relative: `library/geo.d.lua`. */
  readonly path: string;
  readonly text: string;
}

/** One file per module (one in all for "json"); for LuaLS and EmmyLua `errors.d.lua` and a `.luarc.json`, too. */
export function generateAnnotations(
  modules: readonly ModuleDef[],
  { dialect = "luals" }: { readonly dialect?: AnnotationDialect } = {},
): AnnotationFile[] {
  const sorted = [...modules].sort((a, b) => (a.name < b.name ? -1 : 1));
  switch (dialect) {
    case "json":
      return [
        {
          path: "manifest.json",
          text: `${JSON.stringify(
            sorted.map((each) => JSON.parse(manifestOf(each).encode())),
            null,
            2,
          )}\n`,
        },
      ];
    case "markdown":
      return sorted.map((each) => ({ path: `${each.name}.md`, text: markdown(each) }));
    case "luau":
      return sorted.map((each) => ({ path: `${each.name}.d.luau`, text: luau(each) }));
    default: {
      const extension = dialect === "luals" ? "d.lua" : "lua";
      return [
        ...sorted.map((each) => ({ path: `library/${each.name}.${extension}`, text: lua(each, dialect === "luals") })),
        { path: `library/errors.${extension}`, text: errorsText(dialect === "luals") },
        { path: ".luarc.json", text: luarc(sorted) },
      ];
    }
  }
}

interface Parts {
  readonly types: ReadonlyArray<readonly [name: string, shape: TypeShape]>;
  readonly functions: ReadonlyArray<readonly [name: string, shape: FunctionShape]>;
  readonly fields: ReadonlyArray<readonly [name: string, shape: TypeShape]>;
}

function partsOf(module: ModuleDef): Parts {
  const { types, exported } = manifestOf(module);
  const members = exported.is === "intersection" ? exported.of : [exported];
  return {
    types: [...types].sort(([a], [b]) => (a < b ? -1 : 1)),
    functions: members.flatMap((each) => (each.is === "interface" ? Object.entries(each.methods) : [])),
    fields: members.flatMap((each) => (each.is === "record" ? Object.entries(each.fields) : [])),
  };
}

function lua(module: ModuleDef, meta: boolean): string {
  const { types, functions, fields } = partsOf(module);
  const permissions = module.permissions?.length ? ` Permissions: ${module.permissions.join(", ")}.` : "";
  const out = [meta ? `---@meta ${module.name}` : "", ""];
  for (const [name, shape] of types) {
    if (shape.is !== "interface") {
      out.push(`---@alias ${name} ${shapeText(shape)}`, "");
      continue;
    }
    const local = localOf(name);
    const members = Object.entries(shape.fields ?? {}).map(([key, type]) => [key, shapeText(type)] as const);
    out.push(...classAnnotation(name, shape.description, members), `local ${local} = {}`, "");
    for (const [method, each] of Object.entries(shape.methods))
      out.push(...luaFunction(`${local}:${method}`, withoutSelf(each)), "");
  }
  out.push(
    ...classAnnotation(
      module.name,
      `${module.description}. Classes: ${module.class.join(", ")}.${permissions}`,
      fields.map(([name, shape]) => [name, shapeText(shape)]),
    ),
  );
  out.push(`local ${module.name} = {}`, "");
  const pure = module.class.every((each) => ["deterministic", "encoding", "security"].includes(each));
  for (const [name, each] of functions) {
    out.push(...luaFunction(`${module.name}.${name}`, each, pure && !each.waits ? ["nodiscard"] : []), "");
  }
  out.push(`return ${module.name}`, "");
  return out.join("\n").replace(/^\n+/, "");
}

function luaFunction(path: string, shape: FunctionShape, tags: readonly string[] = []): string[] {
  return functionAnnotation({
    path,
    description: shape.description,
    parameters: [
      ...shape.params.map(({ name, optional, type }) => ({
        name: `${name}${optional ? "?" : ""}`,
        type: shapeText(type),
      })),
      ...(shape.rest ? [{ name: "...", type: shapeText(shape.rest) }] : []),
    ],
    results: shape.returns.map((each) => `${shapeText(each)}${isError(each) ? " err" : ""}`),
    tags: [...tags, ...(shape.waits ? ["async"] : [])],
  });
}

/** As it is called by `object:method`. */
const withoutSelf = (shape: FunctionShape): FunctionShape => ({
  ...shape,
  params: shape.params.filter((param) => param.type.is !== "self"),
});

const isError = (shape: TypeShape) => shape.is === "optional" && shape.of.is === "luaError";

function luau(module: ModuleDef): string {
  const { types, functions, fields } = partsOf(module);
  const typeLines = types.map(([name, shape]) => `export type ${name.replace(".", "_")} = ${luauType(shape)}`);
  const members = [
    ...functions.map(([name, shape]) => `  ${name}: ${luauType(shape)},`),
    ...fields.map(([name, shape]) => `  ${name}: ${luauType(shape)},`),
  ];
  return [
    `-- ${module.description}. Classes: ${module.class.join(", ")}.`,
    "export type LuaError = any",
    ...typeLines,
    `declare ${module.name}: {`,
    ...members,
    "}",
    "",
  ].join("\n");
}

function markdown(module: ModuleDef): string {
  const { types, functions, fields } = partsOf(module);
  const row = (name: string, shape: FunctionShape) => {
    const list = shape.params.map((param) => `${param.name}${param.optional ? "?" : ""}: ${shapeText(param.type)}`);
    const all = [...list, ...(shape.rest ? [`...: ${shapeText(shape.rest)}`] : [])].join(", ");
    const cells = [
      `\`${name}(${all})\``,
      shape.returns.map(shapeText).join(", ") || "–",
      shape.waits ? "waits" : "",
      shape.description ?? "",
    ];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  };
  const head = ["| function | answers | | |", "| --- | --- | --- | --- |"];
  return [
    `# ${module.name}`,
    "",
    `${module.description}. Classes: ${module.class.join(", ")}.`,
    "",
    ...head,
    ...functions.map(([name, shape]) => row(name, shape)),
    "",
    ...(fields.length > 0
      ? [
          "| constant | type |",
          "| --- | --- |",
          ...fields.map(([name, shape]) => `| \`${name}\` | ${shapeText(shape)} |`),
          "",
        ]
      : []),
    ...types.flatMap(([name, shape]) =>
      shape.is === "interface"
        ? [
            `## ${name}`,
            "",
            ...head,
            ...Object.entries(shape.methods).map(([method, each]) => row(method, withoutSelf(each))),
            "",
          ]
        : [],
    ),
  ].join("\n");
}

function errorsText(meta: boolean): string {
  return `${meta ? "---@meta\n\n" : ""}---@class LuaError
---@operator concat(any): string
local LuaError = {}
---@return string
function LuaError:kind() end
---@return string
function LuaError:message() end
---@return boolean?
function LuaError:retryable() end
---@return table?
function LuaError:details() end
---@return string
function LuaError:stack() end

---@class errors
---@field NOT_FOUND "NotFound"
---@field ALREADY_EXISTS "AlreadyExists"
---@field INVALID "Invalid"
---@field PERMISSION_DENIED "PermissionDenied"
---@field UNAVAILABLE "Unavailable"
---@field INTERNAL "Internal"
---@field CANCELED "Canceled"
---@field CONFLICT "Conflict"
---@field TIMEOUT "Timeout"
---@field RATE_LIMITED "RateLimited"
---@field UNKNOWN ""
errors = {}
---@param given string | { message: string, kind?: string, retryable?: boolean, details?: table }
---@return LuaError
function errors.new(given) end
---@param err LuaError | string
---@param context LuaError | string
---@return LuaError
function errors.wrap(err, context) end
---@param value any
---@param kind string
---@return boolean
function errors.is(value, kind) end
---@param err any
---@return { thread: string, frames: { level: integer, source: string, line: integer, name: string, type: string }[] }?
function errors.call_stack(err) end
`;
}

function luarc(modules: readonly ModuleDef[]): string {
  const globals = ["errors", "vulcan", ...modules.flatMap((each) => each.globals ?? [])];
  const settings = {
    "runtime.version": "Lua 5.4",
    "workspace.library": ["library"],
    "diagnostics.globals": [...new Set(globals)].sort(),
  };
  return `${JSON.stringify(settings, null, 2)}\n`;
}
