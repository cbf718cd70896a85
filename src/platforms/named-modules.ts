import type { NamedModule } from "../host/modules/index.ts";

/** Modules of other rooms that a runtime can name; loaded when it does. */
export const namedModules: Readonly<Record<string, NamedModule>> = {
  genx: {
    class: ["network", "storage", "io", "nondeterministic"],
    load: () => import("../genx/builtin/module.ts").then(({ genxModule }) => genxModule),
  },
};
