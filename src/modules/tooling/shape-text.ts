/**
 * Types of a manifest in the words of LuaLS, Luau and TypeScript.
 * @module
 */
import type { FunctionShape, TypeShape } from "../definition/type-shapes.ts";

/** As LuaLS writes it. */
export function shapeText(shape: TypeShape): string {
  switch (shape.is) {
    case "luaError":
      return "LuaError";
    case "optional":
      return `${wrapped(shape.of)}?`;
    case "array":
      return `${wrapped(shape.of)}[]`;
    case "map":
      return `table<${shapeText(shape.key)}, ${shapeText(shape.value)}>`;
    case "union":
      return shape.of.map(shapeText).join("|");
    case "intersection":
      return shape.of.map(shapeText).join(" & ");
    case "literal":
      return JSON.stringify(shape.value);
    case "record": {
      const fields = Object.entries(shape.fields).map(([key, type]) =>
        type.is === "optional" ? `${key}?: ${shapeText(type.of)}` : `${key}: ${shapeText(type)}`,
      );
      return fields.length === 0 ? "table" : `{ ${fields.join(", ")} }`;
    }
    case "named":
    case "interface":
      return shape.name;
    case "function": {
      const returns = shape.returns.map(shapeText).join(", ");
      return `fun(${parameters(shape, shapeText)})${returns === "" ? "" : `: ${returns}`}`;
    }
    default:
      return shape.is;
  }
}

function wrapped(shape: TypeShape): string {
  const text = shapeText(shape);
  return shape.is === "union" || shape.is === "function" ? `(${text})` : text;
}

function parameters(shape: FunctionShape, text: (shape: TypeShape) => string): string {
  const list = shape.params.map((param) => `${param.name}${param.optional ? "?" : ""}: ${text(param.type)}`);
  return [...list, ...(shape.rest ? [`...: ${text(shape.rest)}`] : [])].join(", ");
}

/** As Luau writes it. */
export function luauType(shape: TypeShape): string {
  switch (shape.is) {
    case "integer":
      return "number";
    case "self":
    case "table":
      return "any";
    case "luaError":
      return "LuaError";
    case "optional":
      return `(${luauType(shape.of)})?`;
    case "array":
      return `{ ${luauType(shape.of)} }`;
    case "map":
      return `{ [${luauType(shape.key)}]: ${luauType(shape.value)} }`;
    case "union":
      return shape.of.map(luauType).join(" | ");
    case "intersection":
      return shape.of.map(luauType).join(" & ");
    case "literal":
      return JSON.stringify(shape.value);
    case "record":
      return `{ ${Object.entries(shape.fields)
        .map(([key, type]) => `${key}: ${luauType(type)}`)
        .join(", ")} }`;
    case "named":
      return shape.name.replace(".", "_");
    case "interface":
      return `{ ${Object.entries({ ...shape.fields, ...shape.methods })
        .map(([name, member]) => `${name}: ${luauType(member)}`)
        .join(", ")} }`;
    case "function": {
      const list = shape.params.map(({ type, optional }) => (optional ? `(${luauType(type)})?` : luauType(type)));
      const all = [...list, ...(shape.rest ? [`...${luauType(shape.rest)}`] : [])];
      return `(${all.join(", ")}) -> (${shape.returns.map(luauType).join(", ")})`;
    }
    default:
      return shape.is;
  }
}

/** As TypeScript writes it. */
export function typeScriptType(shape: TypeShape): string {
  switch (shape.is) {
    case "integer":
      return "number";
    case "nil":
      return "null";
    case "any":
      return "unknown";
    case "table":
      return "object";
    case "self":
      return "this";
    case "luaError":
      return "LuaError";
    case "optional":
      return `${typeScriptType(shape.of)} | undefined`;
    case "array":
      return `Array<${typeScriptType(shape.of)}>`;
    case "map":
      return `Record<string, ${typeScriptType(shape.value)}>`;
    case "union":
      return shape.of.map(typeScriptType).join(" | ");
    case "intersection":
      return shape.of.map(typeScriptType).join(" & ");
    case "literal":
      return JSON.stringify(shape.value);
    case "record":
      return `{ ${Object.entries(shape.fields)
        .map(([key, type]) => `${JSON.stringify(key)}${type.is === "optional" ? "?" : ""}: ${typeScriptType(type)}`)
        .join("; ")} }`;
    case "named":
    case "interface":
      return shape.name.replace(".", "_");
    case "function": {
      const list = parameters(shape, typeScriptType).replace("...:", "...rest:");
      return `(${list}) => ${shape.returns.length === 1 ? typeScriptType(shape.returns[0] as TypeShape) : `[${shape.returns.map(typeScriptType).join(", ")}]`}`;
    }
    default:
      return shape.is;
  }
}
