import { CaseRuntime } from "./case-runtime.ts";
import type { ConformancePlatform } from "./platform.ts";

const listing = `
  local out = {}
  local function walk(prefix, t, depth)
    for name, value in pairs(t) do
      if type(name) == "string" and name:sub(1, 2) ~= "__" then
        if type(value) == "function" then out[#out + 1] = prefix .. name
        elseif type(value) == "table" and depth < 4 then walk(prefix .. name .. ".", value, depth + 1) end
      end
    end
  end
  walk("vulcan.", vulcan, 0)
  table.sort(out)
  return out`;

/** Names of the `vulcan.*` functions Lua finds in this environment, sorted. */
export async function listSurface(platform: ConformancePlatform): Promise<readonly string[]> {
  const runtime = new CaseRuntime(platform, { id: "surface", requires: [], setup: {}, steps: [] }, "shared");
  try {
    await runtime.start();
    return (await runtime.request({ op: "runLua", code: listing, args: {} })) as string[];
  } finally {
    await runtime.close();
  }
}
