import { expect, it } from "vitest";
import { moduleWorld as world } from "../../testing/module-world.ts";
import { failure } from "../../testing/test-engine.ts";

const volume = {
  moduleOptions: {
    fs: { "app:data": { path: "/runtime/data" }, "app:read": { path: "/runtime/data", readOnly: true } },
  },
};

it("fs: whole files, modes, folders, and the errors of each", async () => {
  const { lua, engine } = await world(["fs"], volume);
  expect(
    await lua(`local fs = require("fs") local vol = fs.get("app:data")
      local _, empty = fs.get("") local _, unknown = fs.get("nowhere")
      vol:writefile("a.txt", "hello") vol:writefile("a.txt", " you", "a")
      local excl, exists = vol:writefile("a.txt", "x", "wx")
      local dir = vol:mkdir("/sub") local again, dup = vol:mkdir("/sub")
      vol:writefile("/sub/b.bin", string.char(0, 255, 10))
      local full, notempty = vol:remove("/sub")
      local cd = vol:chdir("sub") local here = vol:pwd()
      local file, mode = vol:open("b.bin", "q") local gone, missing = vol:readfile("nothing")
      local infile, notdir = vol:readdir("b.bin") local nocd, cderr = vol:chdir("/a.txt")
      local names = {} for entry in vol:readdir("/") do names[#names + 1] = entry.name .. ":" .. entry.type end
      local stat = vol:stat("/a.txt")
      return { empty:kind(), unknown:kind(), vol:readfile("/a.txt"), excl, exists:kind(), dir, again, dup:kind(), full, notempty:kind(), here,
        mode:kind(), missing:kind(), notdir:kind(), nocd, cderr:kind(), names, stat.size, stat.type, stat.is_dir, stat.name, #vol:readfile("b.bin"), vol:isdir("/sub"), vol:exists("nope"), tostring(vol) }`),
  ).toEqual([
    "Invalid", "NotFound", "hello you", false, "AlreadyExists", true, false, "AlreadyExists", false, "Invalid", "/sub",
    "Invalid", "NotFound", "Invalid", false, "Invalid", ["a.txt:file", "sub:directory"], 9, "file", false, "a.txt", 3, true, false, "fs.FS{}",
  ]); // biome-ignore format: a row of results
  await engine.close();
});

it("fs: files in pieces, places, scanners, and no way out of the volume", async () => {
  const { lua, engine } = await world(["fs", "stream"], volume);
  expect(
    await lua(`local fs, stream = require("fs"), require("stream") local vol = fs.get("app:data")
      vol:writefile("/d.txt", "0123456789ABCDEF")
      local f = vol:open("/d.txt") local first = f:read(4) local set = f:seek("set", 8) local mid = f:read(4)
      local back = f:seek("cur", -4) f:seek("end", -4) local last = f:read(100) local eof, e = f:read(1) local bad, w = f:seek("middle", 0)
      f:close() local closed, ce = f:read(1)
      local out = vol:open("/w.txt", "w") out:write("AAAA") out:seek("set", 0) out:write("BB") out:close() out:close()
      vol:writefile("/lines.txt", "one\\r\\ntwo\\n\\nlast") local lines = {} local sc = vol:open("/lines.txt"):scanner()
      while sc:scan() do lines[#lines + 1] = sc:text() end
      local words, ws = {}, stream.new("  hé wörld x"):scanner("words") while ws:scan() do words[#words + 1] = ws:text() end
      local runes, rs = {}, stream.new("aé€😀"):scanner("runes") while rs:scan() do runes[#runes + 1] = rs:text() end
      vol:writefile("/copy.txt", stream.new("from a stream"))
      local escape, ee = vol:readfile("/../../etc/passwd") local ro, re = fs.get("app:read"):writefile("x", "y")
      return { first, set, mid, back, last, eof == nil, e:kind(), tostring(e), w:kind(), ce:kind(), vol:readfile("/w.txt"), lines, words, runes, sc:err() == nil,
        vol:readfile("/copy.txt"), ee:kind(), ro, re:kind() }`),
  ).toEqual([
    "0123", 8, "89AB", 8, "CDEF", true, "NotFound", "EOF", "Invalid", "Internal", "BBAA", ["one", "two", "", "last"], ["hé", "wörld", "x"],
    ["a", "é", "€", "😀"], true, "from a stream", "NotFound", false, "PermissionDenied",
  ]); // biome-ignore format: a row of results
  await engine.close();
});

it("stream: read, write, seek, stat, close", async () => {
  const { lua, engine } = await world(["stream"]);
  expect(
    await lua(`local s = require("stream").new("abc") local n = s:write("X") s:seek("end", 0) s:write("def")
      local at = s:seek("set", 0) local all = s:read() local over, none = s:read() local info = s:stat()
      local neg, ne = s:seek("set", -1) s:close() local after, ae = s:read()
      return { n, at, all, over == nil, none == nil, info.size, info.position, info.seekable, ne:kind(), ae:kind(), tostring(s), s:close() }`),
  ).toEqual([1, 0, "Xbcdef", true, true, 6, 6, true, "Invalid", "Internal", "stream.Stream{closed}", true]);
  await engine.close();
});

const views = {
  moduleOptions: {
    template: {
      "app:views": {
        globals: { siteName: "Test Site", version: "1.0.0" },
        templates: {
          greeting: "Hello, {{name}}!",
          with_globals: "Site: {{siteName}}, Version: {{version}}",
          list: "Items: {{range i, item := items}}{{if i > 0}}, {{end}}{{item}}{{end}}",
          base: "<title>{{yield title()}}</title><body>{{yield body()}}</body>",
          page: '{{extends "base"}}\n{{block title()}}{{title}}{{end}}\n{{block body()}}<h1>{{heading}}</h1>{{end}}',
          order: "{{- if shipped -}} sent {{- else if ready && count > 1 -}} ready {{- else -}} new {{- end -}}",
          dots: "{{range users}}{{.name}}={{ .age ? .age : 0 }};{{else}}nobody{{end}}{* note *}",
          pipes:
            '{{ name | upper | replace: "A", "b" }} {{ html | raw }} {{ len(items) }} {{ isset(nothing) ? 1 : 2 }}',
          sets: "{{ n := 1 }}{{ range ints(0, 3) }}{{ n = n + . }}{{ end }}{{ n }}",
          parts: '{{ include "greeting" }} {{ include "card" user }}{{ includeIfExists "nope" }}',
          card: "[{{ .name }}]",
          frame:
            '{{ block frame(kind="p") }}<{{kind}}>{{ yield content }}</{{kind}}>{{ end }}{{ yield frame(kind="b") content }}in {{name}}{{ end }}',
          broken: "{{ if x }} never closed",
          forever: '{{ include "forever" }}',
          maps: "{{ range k, v := m }}{{k}}:{{v}} {{ end }}",
        },
      },
    },
  },
};

it("template: values, loops, inheritance, includes, filters", async () => {
  const { lua, engine } = await world(["template"], views);
  expect(
    await lua(`local set = require("template").get("app:views") local r = function(name, data) return (set:render(name, data)) end
      return { r("greeting", { name = "<World>" }), r("with_globals"), r("list", { items = { "apple", "banana" } }), r("list", { items = {} }),
        r("page", { title = "T", heading = "H & M" }), r("order", { shipped = true }), r("order", { shipped = false, ready = true, count = 2 }), r("order", { shipped = false, ready = false }),
        r("dots", { users = { { name = "a", age = 3 }, { name = "b" } } }), r("dots", { users = {} }), r("pipes", { name = "ada", html = "<b>", items = { 1, 2 } }),
        r("sets"), r("parts", { name = "x", user = { name = "u" } }), r("frame", { name = "me" }), r("maps", { m = { b = 2, a = 1 } }) }`),
  ).toEqual([
    "Hello, &lt;World&gt;!", "Site: Test Site, Version: 1.0.0", "Items: apple, banana", "Items: ", "<title>T</title><body><h1>H &amp; M</h1></body>",
    "sent", "ready", "new", "a=3;b=0;", "nobody", "bDb <b> 2 2", "4", "Hello, x! [u]", "<p></p><b>in me</b>", "a:1 b:2 ",
  ]); // biome-ignore format: a row of results
  await engine.close();
});

it("template: the original's name for it finds the same sets", async () => {
  const { lua, engine } = await world(["template", "templates"], views);
  expect(
    await lua(`local one, other = require("template").get("app:views"), require("templates").get("app:views")
      return { (one:render("greeting", { name = "a" })), (other:render("greeting", { name = "a" })), tostring(other) }`),
  ).toEqual(["Hello, a!", "Hello, a!", "templates.Set{}"]);
  await engine.close();
});

it("template: errors, release, and what never ends", async () => {
  const { lua, engine } = await world(["template"], views);
  expect(
    await lua(`local template = require("template") local set = template.get("app:views")
      local function kind(...) local v, err = set:render(...) return v == nil and err:kind() end
      local _, unknown = template.get("app:none") local _, empty = template.get("")
      local _, base = set:render("base", {}) local _, missing = set:render("greeting", {})
      local before = { kind("nonexistent"), kind(""), kind("broken"), kind("forever"), unknown:kind(), empty:kind(), tostring(base), tostring(missing), tostring(set) }
      set:release()
      local _, released = set:render("greeting", {})
      return { before, released:kind(), tostring(released), tostring(set) }`),
  ).toEqual([
    ["NotFound", "Invalid", "Internal", "Internal", "NotFound", "Invalid", 'base: there is no block "title"', 'greeting: "name" is not available here; isset(name) asks', "template.Set{}"],
    "Internal", "the template set was released", "template.Set{released}",
  ]); // biome-ignore format: a row of results
  await engine.close();
});

it("queue: published, received, given back, full, and handed in by the host", async () => {
  const commands: unknown[] = [];
  const { lua, engine } = await world(
    ["queue", "channel"],
    { moduleOptions: { queue: { "app:tasks": { capacity: 2 }, "app:mail": { kind: "command" } } } },
    {
      callbacks: {
        command: (request: { name: string; payload: unknown }) => {
          commands.push(request);
          return { ok: true, value: request.name === "queue.info" ? { ready: 7 } : null };
        },
      },
    },
  );
  expect(
    await lua(`local queue = require("queue") local function kind(...) local v, err = queue.publish(...) return v == nil and err:kind() end
      local _, none = queue.message() local got = {}
      coroutine.spawn(function() local m = queue.receive("app:tasks") got[1] = m:payload().n got[2] = m:header("priority") m:nack() end)
      coroutine.yield()
      local ok = queue.publish("app:tasks", { n = 1 }, { priority = "high" })
      local m = queue.receive("app:tasks") local again = m:deliveries() local acked, second = m:ack(), select(2, m:ack())
      queue.publish("app:tasks", "a") queue.publish("app:tasks", "b")
      local late, timeout = queue.receive("app:none") 
      return { kind("", 1), kind("app:tasks", {}), kind("app:other", 1), none:kind(), ok, got, again, acked, second:kind(), kind("app:tasks", "c"), queue.info("app:tasks").ready, timeout:kind(),
        queue.publish("app:mail", "x"), queue.info("app:mail").ready, (queue.receive("app:tasks")):payload() }`),
  ).toEqual([
    "Invalid",
    "Invalid",
    "NotFound",
    "Invalid",
    true,
    [1, "high"],
    2,
    true,
    "Invalid",
    "Unavailable",
    2,
    "NotFound",
    true,
    7,
    "a",
  ]);
  // The run ended with a message nobody had settled: it is the next one again.
  expect(
    await lua(`local queue = require("queue") local a = queue.receive("app:tasks") local b = queue.receive("app:tasks")
      local _, late = queue.receive("app:tasks", 5) a:ack() b:ack() return { a:payload(), a:deliveries(), b:payload(), late:kind() }`),
  ).toEqual(["a", 2, "b", "Timeout"]);
  expect(
    await lua(`local m = require("queue").message() m:ack() return { m:id(), m:header("x"), m:header("y") == nil }`, {
      ctx: { "queue.message": { id: "m-1", headers: { x: "1" } } },
    }),
  ).toEqual(["m-1", "1", true]);
  expect(commands).toEqual([
    { name: "queue.publish", payload: { queue: "app:mail", id: expect.any(String), payload: "x", headers: {} } },
    { name: "queue.info", payload: { queue: "app:mail" } },
    { name: "queue.ack", payload: { id: "m-1" } },
  ]);
  await engine.close();
});

it.each([
  [{ fs: { a: { path: "x" } } }, 'moduleOptions.fs["a"] needs path, an absolute path of the tree'],
  [{ fs: { a: { path: "/x", write: true } } }, 'moduleOptions.fs["a"] has no member "write"; known: path, readOnly'],
  [{ queue: { a: { kind: "amqp" } } }, 'moduleOptions.queue["a"] kind must be "memory" or "command"'],
  [{ template: { a: { templates: { x: 1 } } } }, 'moduleOptions.template["a"] templates["x"] must be a text'],
])("options that are wrong are refused by name: %j", async (moduleOptions, message) => {
  const [name = ""] = Object.keys(moduleOptions);
  const { lua, engine } = await world([name], { moduleOptions });
  const error = await failure(lua(`return require("${name}") ~= nil`));
  expect({ code: error.code, message: error.message }).toEqual({ code: "invalid_argument", message });
  await engine.close();
});
