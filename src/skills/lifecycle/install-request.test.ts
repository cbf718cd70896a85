import { describe, expect, it } from "vitest";
import { decodeInstallRequest, skillIdOfRequest } from "./install-request.ts";

const idOf = (request: Record<string, unknown>) => skillIdOfRequest(decodeInstallRequest(request));

describe("the skill an install request stands for", () => {
  it.each([
    [{ skill_id: "demo" }, "demo"],
    [{ skill_id: " demo " }, "demo"],
    [{ source: "acme/demo" }, "demo"],
    [{ skill_id: "mine", source: "acme/demo" }, "mine"],
    [{ skill_id: "  ", source: "acme/demo" }, "demo"],
    [{ source: " demo ", source_type: "official_hub" }, "demo"],
    [{ skill_id: "", source: "demo", source_type: "official_hub" }, "demo"],
    [{ skill_id: "demo", source: "not a locator", source_type: "official_hub" }, "demo"],
    [{ skill_id: "demo", source: "https://h.example/x", source_type: "url" }, "demo"],
  ])("of %j is %s", (request, id) => {
    expect(idOf(request)).toBe(id);
  });

  it.each([
    [{}, "install/update request requires skill_id or one source that can derive it"],
    [{ skill_id: " " }, "install/update request requires skill_id or one source that can derive it"],
    // An address names no skill.
    [
      { source: "https://h.example/demo", source_type: "url" },
      "install/update request requires skill_id or one source that can derive it",
    ],
    [
      { source: "demo", source_type: "private_url_manifest" },
      "install/update request requires skill_id or one source that can derive it",
    ],
    [{ source: " ", source_type: "official_hub" }, "install/update request requires skill_id"],
    [{ source: "Demo", source_type: "official_hub" }, "skill_id must match"],
    [{ skill_id: "Demo" }, "skill_id must match"],
    [{ skill_id: "demo", source: "demo" }, "must be one repository locator in owner/repo form"],
    [{ source: "acme/Demo" }, "derived github skill_id must match"],
  ])("%j stands for none: %s", (request, text) => {
    expect(() => idOf(request)).toThrow(text);
  });

  it("comes from GitHub unless it says otherwise", () => {
    expect(decodeInstallRequest({ skill_id: "demo" })).toEqual({
      skillId: "demo",
      source: undefined,
      sourceType: "github",
    });
    expect(() => decodeInstallRequest({ source_type: "ftp" })).toThrow("source_type");
  });
});
