/**
 * The import law of the house as a table (CONTRIBUTING.md tells it to people).
 * @module
 */

/** What every room may import, besides itself, src/errors.ts and src/limits.ts. */
export const ground: readonly string[] = ["base", "contract"];

const backends = ["sqlite", "vectors"];

/** Room → the rooms it may import. */
export const law: Readonly<Record<string, readonly string[]>> = {
  base: [],
  contract: [],
  wire: [],
  lua: [],
  vfs: [],
  net: [],
  policy: [],
  databases: ["lua", "vfs"],
  // Rows are Lua values.
  vectors: ["vfs", "databases", "lua"],
  sqlite: ["vfs", "databases", "lua"],
  process: ["vfs", "net", "policy"],
  // Data against schemas that nobody vouches for.
  schema: [],
  modules: ["lua", "policy"],
  ffi: ["lua", "process"],
  host: ["lua", "vfs", "databases", ...backends, "process", "net", "modules", "policy", "ffi", "schema"],
  skills: ["vfs", "net", "policy", "schema"],
  engine: [
    "lua",
    "host",
    "skills",
    "vfs",
    "databases",
    ...backends,
    "process",
    "net",
    "modules",
    "policy",
    "ffi",
    "wire",
  ],
  client: ["wire", "schema"],
  http: ["wire", "client", "engine", "schema"],
};

/** Rooms that nobody imports; what a leaf imports is its own affair. */
export const leaves: readonly string[] = ["platforms", "adapters", "testing", "cli", "bridge", "genx"];

/** A leaf that is an application, and the leaves it starts. */
export const applications: Readonly<Record<string, readonly string[]>> = {
  cli: ["platforms", "bridge", "adapters", "testing"],
  platforms: ["genx"],
  // Stand-ins for whatever is tested.
  testing: ["platforms", "bridge", "cli", "genx", "adapters"],
};

/** Where the platform is Node. */
export const nodePlaces: readonly RegExp[] = [
  /^src\/(?:bridge|cli)\//,
  /^src\/platforms\/node\//,
  /^src\/http\/server\/node-listener/,
  /^src\/vfs\/backends\/directory/,
];
