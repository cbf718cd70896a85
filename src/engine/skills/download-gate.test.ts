import { strToU8, zipSync } from "fflate";
import { afterEach, expect, it, vi } from "vitest";
import type { EngineOptions } from "../../contract/contract.ts";
import { failure, testEngine } from "../../testing/test-engine.ts";

const zip = zipSync({
  "notes/skill.yaml": strToU8(
    "name: Notes\nversion: 1.0.0\nentries:\n  - { name: a, lua_entry: runtime/a.lua, lua_module: notes.a }\n",
  ),
  "notes/runtime/a.lua": strToU8("return function() return 'a' end"),
});

/** A server that has the package everywhere, but redirects from `/moved`. */
async function world(options: EngineOptions = {}) {
  const asked: string[] = [];
  const { engine } = await testEngine({
    options,
    callbacks: {
      fetch: async (url) => {
        asked.push(url);
        const headers: Record<string, string> = {};
        if (url.endsWith("/moved")) headers.location = "https://elsewhere.example/notes.zip";
        return { status: headers.location ? 302 : 200, headers, body: zip };
      },
    },
  });
  const install = (url: string) => engine.request({ op: "skills.install", source: { url, skillId: "notes" } });
  return { engine, asked, install };
}

afterEach(() => vi.unstubAllGlobals());

const named = "https://packages.example/skills/";

it.each<readonly [string, string, EngineOptions, string[]]>([
  ["a public address", "https://elsewhere.example/notes.zip", {}, []],
  [
    "one that downloads are switched off for",
    `${named}notes.zip`,
    { hostOptions: { allow_network_download: false } },
    [],
  ],
  ["one beside those named", "https://packages.example/skills/../notes.zip", { network: { "*": [named] } }, []],
  ["a redirect to one", `${named}moved`, { network: { "*": [named] } }, [`${named}moved`]],
])("%s is refused where packages may not be downloaded, and the option is named", async (_, url, options, hits) => {
  const { engine, asked, install } = await world(options);
  const error = await failure(install(url));
  expect(error).toMatchObject({
    code: "permission_denied",
    message: expect.stringContaining("hostOptions: { allow_network_download: true }"),
    data: { option: "allow_network_download" },
  });
  expect(asked).toEqual(hits);
  await engine.close();
});

it.each<readonly [string, string, EngineOptions]>([
  ["the option", "https://elsewhere.example/notes.zip", { hostOptions: { allow_network_download: true } }],
  ["a prefix in network", `${named}notes.zip`, { network: { "*": [named] } }],
  [
    "a prefix for packages",
    `${named}notes.zip`,
    { hostOptions: { allow_network_download: false, private_skill_source_allowlist: [named] } },
  ],
  ["the page's own origin", "https://app.example/notes.zip", {}],
])("%s allows it", async (_, url, options) => {
  vi.stubGlobal("origin", "https://app.example");
  const { engine, asked, install } = await world(options);
  expect(await install(url)).toMatchObject({ skill_id: "notes" });
  expect(asked).toEqual([url]);
  await engine.close();
});
