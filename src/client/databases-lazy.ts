import { lazily } from "../base/lazily.ts";
import type { RuntimeDatabases } from "../contract/contract.ts";
import type { Transport } from "../wire/transport.ts";

type Part = Exclude<keyof RuntimeDatabases, "list">;
type Method = (...args: unknown[]) => Promise<unknown>;

const methods = {
  sqlite: ["tables", "query", "export", "import"],
  lancedb: ["tables", "rows", "search", "export", "import"],
} as const satisfies { readonly [P in Part]: ReadonlyArray<keyof RuntimeDatabases[P]> };

/** `runtime.databases`; what it does is loaded when it is first used. */
export function lazyDatabases(transport: Transport): RuntimeDatabases {
  const facet = lazily(async () => (await import("./databases-facet.ts")).runtimeDatabases(transport));
  const part = (name: Part) =>
    Object.fromEntries(
      methods[name].map((method) => {
        const call: Method = async (...args) =>
          ((await facet())[name] as unknown as Record<string, Method>)[method]?.(...args);
        return [method, call];
      }),
    );
  const parts = { sqlite: part("sqlite"), lancedb: part("lancedb") } as unknown as Pick<RuntimeDatabases, Part>;
  return { list: () => transport.request({ op: "databases.list" }), ...parts };
}
