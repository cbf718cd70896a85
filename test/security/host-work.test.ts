import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { meterSqlite } from "../../scripts/build/sqlite-meter.ts";
import { bundledNames } from "../../src/host/bundle/bundled-modules.ts";
import { skill, type TestEngine, testEngine } from "../../src/testing/test-engine.ts";
import { MemoryStore } from "../../src/vfs/memory-store.ts";
import {
  instances,
  type Method,
  methodsOfModules,
  surfaceModules as modules,
  surfaceOptions,
} from "./module-surface.ts";
import { processorTimeOfThread } from "./table/processor-time.ts";

/** Large inputs as Lua text; `big`, `wide` and `list` are there. */
const anything = [
  "big",
  "wide",
  "list",
  "2^40",
  "('['):rep(1e6)",
  "'[' .. ('1,'):rep(2e6) .. 'x'",
  "'{\"a\":\"' .. ('\\\\u0041'):rep(1e6)",
  "'[\"' .. ('\\\\ud83d\\\\ude00'):rep(3e5) .. '\"]'",
  "('\\0'):rep(2^22)",
  "{ big }",
  "{ list, list, list }",
  "{ code = 'return 1', args = list }",
  "{ code = big, task = big }",
];
const forSqlite = [
  "{ sql = big }",
  `{ sql = "select instr(hex(zeroblob(9000000)), hex(zeroblob(50000)) || '1')" }`,
  `{ sql = "select hex(zeroblob(5000000)) like '%' || hex(zeroblob(20000)) || '1'" }`,
  "{ sql = 'with recursive r(n) as (select 1 union all select n+1 from r) select n, n from r' }",
  "{ sql = 'select ?', params = list }",
  "{ sql = 'select 1', items = { list, list } }",
  "{ text = big, tokenizer_mode = 'segmenter' }",
  "{ text = wide, tokenizer_mode = 'segmenter' }",
  "{ text = big }",
  "{ index_name = 'i', id = '1', file_path = 'f', title = 't', content = wide, tokenizer_mode = 'segmenter' }",
  "{ index_name = 'i', id = '2', file_path = 'f', title = 't', content = big }",
  "{ index_name = 'i', query = ('x OR '):rep(1e5) .. 'x' }",
  "{ index_name = 'i', query = wide, tokenizer_mode = 'segmenter' }",
  "{ word = big, weight = 1 }",
];
const manyColumns =
  "(function() local c = { { name = 'e', column_type = 'vector_float32', vector_dim = 2 } } for i = 1, 20000 do c[i + 1] = { name = 'c' .. i, column_type = 'string' } end return c end)()";
const manyRows =
  "(function() local rows = {} for i = 1, 20000 do rows[i] = { s = 'abab' .. i, e = { 1, i } } end return rows end)()";
const forLancedb = [
  `{ table_name = 't', columns = ${manyColumns} }`,
  `{ table_name = 'v', rows = ${manyRows} }`,
  "{ table_name = 'v', vector = list }",
  "{ table_name = 'v', vector = { 1, 2 }, filter = \"regexp_match(s, '\" .. ('(a|b|ab|ba)*'):rep(60) .. \"c')\", output_format = 'json' }",
  "{ table_name = 'v', condition = \"s like '\" .. ('%a'):rep(1e5) .. \"'\" }",
];
/** For packages and modules, which take all kinds of things. */
const forOthers = [
  "big, wide, { big }, { code = big, text = wide, data = big }",
  "list, (function() local m = {} for i = 1, 60000 do m['k' .. i] = 'v: ' .. i end return m end)()",
  "('- a: [1, 2]\\n'):rep(1e5), '[' .. ('1,'):rep(1e6) .. '1]', ('{'):rep(2e5), ('9'):rep(3e5), ('(a|b)*'):rep(1e3)",
];
const run = `return function(args)
  local big, wide, list = ("x y"):rep(2^21), ("中国科学院计算所"):rep(2^17), {}
  for i = 1, 100000 do list[i] = i end
  pcall(vulcan.lancedb.create_table, { table_name = "v", columns = { { name = "e", column_type = "vector_float32", vector_dim = 2 }, { name = "s", column_type = "string" } } })
  local inputs = load("local big, wide, list = ... return { " .. args.inputs .. " }")(big, wide, list)
  local f
  if args.make then
    local made, name = load("return " .. args.make), args.path:match(":(.*)$")
    assert(made())
    f = function(...)
      local object = made()
      if name ~= "" then return object[name](object, ...) end
    end
  else
    local from, path = args.path:match("^(.-):(.*)$")
    f = from == "vulcan" and vulcan or require(from)
    for part in path:gmatch("[^.]+") do f = f[part] end
  end
  vulcan.host.call("start", {})
  for _, input in ipairs(inputs) do
    pcall(f, input)
    pcall(f, input, input)
    pcall(f, "x", input, input)
    pcall(f, "/runtime/x", input)
    pcall(f, "/runtime/x", "/runtime/y", { overwrite = true, recursive = true })
  end
  return "done"
end`;

const list = `return function()
  local found = {}
  local function look(path, table)
    for name, value in pairs(table) do
      if type(value) == "function" then found[#found + 1] = path .. name end
      if type(value) == "table" and path:len() < 27 then look(path .. name .. ".", value) end
    end
  end
  look("vulcan:", { fs = vulcan.fs, io = vulcan.io, path = vulcan.path, json = vulcan.json, cache = vulcan.cache, config = vulcan.config,
    sqlite = vulcan.sqlite, lancedb = vulcan.lancedb, process = vulcan.process, os = vulcan.os, host = vulcan.host,
    models = vulcan.models, runtime = vulcan.runtime })
  for name in ("NAMES"):gmatch("%S+") do
    local ok, module = pcall(require, name)
    if not ok then error(module) end
    if type(module) == "table" then look(name .. ":", module) end
  end
  table.sort(found)
  return table.concat(found, " ")
end`.replace("NAMES", [...modules, ...bundledNames].join(" "));

interface Work {
  readonly path: string;
  readonly inputs: string;
  /** Of a method: Lua that makes what it is called on. */
  readonly make?: string;
}

const limitMs = 300;
/** Of processor time: what a call that cannot be interrupted may take, collections of garbage included. */
const mostOvershootMs = Number(process.env.HOST_WORK_TOLERANCE_MS ?? 150);
const mostBytes = 900 * 2 ** 20;
const databases = "sqlite: { enable: true }\nlancedb: { enable: true }\n";
const processorTime = processorTimeOfThread();
/** All that computes: these wait for the network or for others. */
const waiting = /\.(?:sleep|after|ticker|receive|connect6?|select|skip)$|socket|lcurl|cURL|ssl\.https|time:timer/;
const stock = "node_modules/@sqlite.org/sqlite-wasm/dist/sqlite3.wasm";

/** Everything, or (by default, in CI) every sixteenth of `vulcan.*`, and of the rest a quarter of that. */
/** Part of what is walked. */
const only = process.env.HOST_WORK_ONLY ?? "";
const step = Number(process.env.HOST_WORK_STEP ?? 16);
const otherStep = step === 1 ? 1 : 4 * step;

describe("every function of vulcan.*, of packages and of modules ends with its run, whatever it is given", () => {
  const wall = performance.now;
  let offset = 0;
  let engine: TestEngine;
  let names: readonly string[];
  let methods: readonly Method[];
  beforeAll(async () => {
    // The engine's clock is processor time, so that other work on the machine changes nothing; making the inputs is free.
    performance.now = () => processorTime() - offset;
    let from = 0;
    engine = await testEngine({
      store: new MemoryStore({ quotaBytes: 128 * 2 ** 20 }),
      options: {
        limits: { vmMemoryBytes: 128 * 2 ** 20, runMs: 0 },
        modules,
        grants: { "*": modules },
        ...surfaceOptions,
        security: { strict: false },
      },
      platform: { sqliteWasm: meterSqlite(await readFile(stock)) },
      files: skill("thief", { run, list, begin: "return function() return 1 end" }, databases),
      callbacks: {
        hostTool: async () => {
          offset += performance.now() - from;
          return {};
        },
      },
    });
    names = String(await engine.call("thief-list", {})).split(" ");
    methods = await methodsOfModules();
    mark = () => {
      from = performance.now();
    };
  });
  let mark = () => {};
  afterAll(async () => {
    await engine.engine.close();
    performance.now = wall;
  });

  test("every type of a module has a row that says how one is made, and every module is walked", () => {
    const types = new Set(methods.map(({ type }) => type));
    expect(Object.keys(instances).sort()).toEqual([...types].sort());
    const walked = new Set([...names, ...types].map((name) => name.split(/[:.]/)[0]));
    expect(modules.filter((name) => !walked.has(name))).toEqual([]);
  });

  test("none overshoots its limit, and none holds more than its share", { timeout: 900_000 }, async () => {
    const own = names.filter((name) => name.startsWith("vulcan:"));
    const others = names.filter((name) => !name.startsWith("vulcan:") && !waiting.test(name));
    expect(own.length).toBeGreaterThan(60);
    expect(others.length).toBeGreaterThan(200);
    const inVulcan = own.flatMap((path) => {
      const special = path.includes(":sqlite.") ? forSqlite : path.includes(":lancedb.") ? forLancedb : [];
      return [anything.join(", "), ...special].map((inputs) => ({ path, inputs }));
    });
    const elsewhere: readonly Work[] = others.flatMap((path) => forOthers.map((inputs) => ({ path, inputs })));
    const ofObjects: readonly Work[] = methods.flatMap(({ type, name }) => {
      const make = instances[type];
      return make === undefined ? [] : forOthers.map((inputs) => ({ path: `${type}:${name}`, inputs, make }));
    });
    expect(ofObjects.length).toBeGreaterThan(300);
    const work: readonly Work[] = [
      ...inVulcan.filter((_, i) => i % step === 0),
      ...[...elsewhere, ...ofObjects].filter((_, i) => i % otherStep === 0),
    ].filter(({ path }) => path.includes(only));
    const late: string[] = [];
    const broken = new Set<string>();
    for (const { path, inputs, make } of work) {
      mark();
      const started = performance.now();
      const ended = await engine
        .call("thief-run", { path, inputs, ...(make === undefined ? {} : { make }) }, limitMs)
        .catch((error: Error) => error.message);
      const over = performance.now() - started - limitMs;
      if (make !== undefined && ended.includes("assert")) broken.add(`${path}: ${ended}`);
      const { rss } = process.memoryUsage();
      if (over > mostOvershootMs)
        late.push(`${path}(${inputs.slice(0, 60)}): ${Math.round(over)} ms late: ${ended.slice(0, 60)}`);
      if (rss > mostBytes) late.push(`${path}: ${Math.round(rss / 2 ** 20)} MB`);
    }
    expect(late).toEqual([]);
    expect([...broken]).toEqual([]);
  });
});
