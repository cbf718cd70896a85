import fc from "fast-check";
import { expect, it } from "vitest";
import { LuaSkillsError } from "../../errors.ts";
import { parseYaml } from "../yaml/yaml.ts";
import { decodeManifest } from "./decode.ts";
import { listed, newPermissions, readPermissions } from "./permissions.ts";
import { unknownKeys } from "./unknown-keys.ts";

const keys = [
  "name",
  "version",
  "enable",
  "debug",
  "entries",
  "help",
  "main",
  "topics",
  "sqlite",
  "lancedb",
  "permissions",
];
const more = [
  "tools",
  "files",
  "read",
  "write",
  "modules",
  "lua_entry",
  "lua_module",
  "input_schema",
  "parameters",
  "type",
];
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, "a", "0.1.0", "runtime/a.lua", 1, -1, 1.5, "", "yes"),
    fc.array(tie("any"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...keys, ...more, "x", "skill_id", "__proto__"), tie("any"), { maxKeys: 6 }),
  ),
})).any;
/** A mapping with the right keys more often than not. */
const manifest = fc.oneof(
  value,
  fc.record(
    { name: value, version: value, entries: value, help: value, sqlite: value, permissions: value },
    { requiredKeys: [] },
  ),
);

it("a manifest is read, or refused as one, with the file it is in", () => {
  fc.assert(
    fc.property(manifest, (given) => {
      const file = parseYaml(JSON.stringify(given), "/skill.yaml");
      for (const read of [decodeManifest, readPermissions]) {
        try {
          read(file);
        } catch (error) {
          if (!(error instanceof LuaSkillsError)) throw error;
          expect(error.code).toBe("invalid_manifest");
          expect(error.message).toContain("/skill.yaml");
        }
      }
      unknownKeys(file.value);
    }),
  );
});

it("permissions that were there before are nothing new, and none is lost on the way", () => {
  const names = fc.array(fc.constantFrom("a", "b", "c*"), { maxLength: 3 });
  const permissions = fc.record(
    { files: fc.record({ read: names, write: names }, { requiredKeys: [] }), tools: names, modules: names },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(permissions, permissions, (before, wanted) => {
      expect(newPermissions(before, before)).toEqual([]);
      const fresh = newPermissions(wanted, before);
      for (const each of listed(wanted)) {
        const had = listed(before).some((old) => old.grant === each.grant && old.resource === each.resource);
        expect(fresh.some((one) => one.grant === each.grant && one.resource === each.resource)).toBe(!had);
      }
    }),
  );
});
