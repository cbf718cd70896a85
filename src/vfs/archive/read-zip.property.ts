import fc from "fast-check";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { LuaSkillsError } from "../../errors.ts";
import { readZip, type ZipEntry } from "./read-zip.ts";

const limits = { archiveEntries: 50, archiveBytes: 100_000 };

/** What it answers, or the code of its refusal; anything else that is thrown fails the test. */
function read(bytes: Uint8Array): readonly ZipEntry[] | string {
  try {
    return readZip(bytes, limits);
  } catch (error) {
    if (!(error instanceof LuaSkillsError)) throw error;
    expect(error.message).not.toBe("");
    return error.code;
  }
}

const part = fc.oneof(
  fc.constantFrom("a", "A", "b", "skill.yaml", "..", ".", "é", "é", "x".repeat(300)),
  fc.string({ maxLength: 8 }),
);
const name = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("/"));
const archive = fc
  .dictionary(name, fc.uint8Array({ maxLength: 300 }), { maxKeys: 12 })
  .map((files) => zipSync(files as Record<string, Uint8Array>));

describe("an archive", () => {
  it("gives entries that lie side by side on every file system, or is refused", () => {
    fc.assert(
      fc.property(archive, (bytes) => {
        const entries = read(bytes);
        if (typeof entries === "string") {
          expect(entries).toBe("invalid_archive");
          return;
        }
        const places = entries
          .filter(({ isDirectory }) => !isDirectory)
          .map((each) => each.name.normalize("NFC").toLowerCase());
        expect(new Set(places).size).toBe(places.length);
        for (const place of places) {
          expect(place.split("/")).not.toContain("..");
          expect(place.startsWith("/")).toBe(false);
          expect(places.some((other) => other.startsWith(`${place}/`))).toBe(false);
        }
      }),
    );
  });

  it("that was damaged anywhere is read within its limits or refused, never anything else", () => {
    const damage = fc.array(fc.tuple(fc.nat({ max: 4000 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(archive, damage, fc.nat({ max: 4000 }), (bytes, changes, cut) => {
        const broken = bytes.slice(0, cut % 3 === 0 ? cut : bytes.length);
        for (const [at, value] of changes) if (broken.length > 0) broken[at % broken.length] = value;
        const entries = read(broken);
        if (typeof entries === "string") expect(entries).toBe("invalid_archive");
        else
          expect(entries.reduce((sum, { content }) => sum + content.length, 0)).toBeLessThanOrEqual(
            limits.archiveBytes,
          );
      }),
    );
  });
});
