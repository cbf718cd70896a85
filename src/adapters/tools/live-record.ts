/**
 * A list of tools as the record that some frameworks take, still following the registry.
 * @module
 */
import { oncePer } from "../../base/once-per.ts";
import type { AgentTool, ToolCollection } from "./tool.ts";

/** Reads like a plain object, spreads and enumerates like one, and cannot be written to. What is made of a tool is made once. */
export function liveRecord<T extends object>(
  tools: ToolCollection,
  make: (tool: AgentTool) => T,
): Readonly<Record<string, T>> {
  const madeOf = oncePer(make);
  const get = (name: string | symbol): T | undefined => {
    const tool = typeof name === "string" ? tools.get(name) : undefined;
    return tool && madeOf(tool);
  };
  return new Proxy<Record<string, T>>(Object.create(Object.prototype), {
    get: (target, name) => get(name) ?? Reflect.get(target, name),
    has: (target, name) => get(name) !== undefined || Reflect.has(target, name),
    ownKeys: () => tools.list().map(({ name }) => name),
    getOwnPropertyDescriptor(_, name) {
      const value = get(name);
      // Configurable, because the target does not have it.
      return value && { value, enumerable: true, configurable: true, writable: false };
    },
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  });
}
