/**
 * The module `events`: messages inside one runtime, best effort (host-modules.md §14.10).
 * @module
 */
import { charge } from "../../base/work.ts";
import type { LuaValue } from "../../lua/interface.ts";
import source from "./events.lua?raw";
import type { BuiltInModule } from "./services.ts";

/** What it costs to ask a subscriber whether an event is for it. */
const listenerUnits = 50;

interface Event {
  readonly system: string;
  readonly kind: string;
  readonly path: string;
  readonly data?: LuaValue;
}

/** False when it has no room for the event. */
type Listener = (event: Event) => boolean;

/** `*` stands for one part of a dotted name, `**` for any number. */
function matches(pattern: string, name: string): boolean {
  if (pattern === "*" || pattern === "**" || pattern === name) return true;
  const wanted = pattern.split(".");
  const given = name.split(".");
  const open = wanted.at(-1) === "**";
  if (open ? given.length < wanted.length - 1 : given.length !== wanted.length) return false;
  return wanted.every((part, index) => part === "**" || part === "*" || part === given[index]);
}

export const eventsModule: BuiltInModule = ({ arg, defineModule, fn, luaError, t }) => {
  const listeners = new Set<Listener>();
  const checked = (value: string, what: string) => {
    if (value === "") throw luaError(`events: the ${what} is empty`, { kind: "Invalid", retryable: false });
    return value;
  };
  return defineModule({
    name: "events",
    description: "Events inside the runtime",
    class: ["io", "nondeterministic"],
    argErrors: "return",
    permissions: ["events.subscribe", "events.send"],
    lua: source,
    functions: {
      subscribe: fn({
        params: [arg.string("system"), arg.string("kind").opt("*")],
        returns: [t.integer, t.optional(t.luaError)],
        run: (call, system, kind) => {
          call.require("events.subscribe", checked(system, "system"));
          return call.feed((feed) => {
            const listener: Listener = (event) =>
              !(matches(system, event.system) && matches(kind, event.kind)) || feed.push(event);
            listeners.add(listener);
            return () => void listeners.delete(listener);
          });
        },
      }),
      send: fn({
        params: [arg.string("system"), arg.string("kind"), arg.string("path"), arg.any("data").opt()],
        returns: [t.boolean, t.optional(t.luaError)],
        run: (call, system, kind, path, data) => {
          checked(system, "system");
          checked(kind, "kind");
          checked(path, "path");
          call.require("events.send", system);
          const event: Event = { system, kind, path, ...(data === undefined ? {} : { data }) };
          const full = [...listeners].filter((listener) => {
            charge(listenerUnits);
            return !listener(event);
          });
          if (full.length === 0) return true;
          throw luaError(`events: ${full.length} of ${listeners.size} subscribers have no room for another event`, {
            kind: "Unavailable",
            retryable: true,
          });
        },
      }),
    },
  });
};
