import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineOptions } from "../../../contract/contract.ts";
import { failure, skill, type TestEngine, testEngine } from "../../../testing/test-engine.ts";

let server: Server;
let base = "";

async function body(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("latin1");
}

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const { method, url = "", headers } = request;
    const sent = await body(request);
    if (url === "/redirect") return void response.writeHead(302, { location: "/echo?from=redirect" }).end();
    if (url === "/away") return void response.writeHead(302, { location: "http://elsewhere.test/" }).end();
    if (url === "/slow") return;
    if (url === "/missing") return void response.writeHead(404).end("nothing here");
    if (url === "/bytes") return void response.writeHead(200).end(Buffer.from([0, 255, 1, 254]));
    const { authorization, "content-type": type, "x-own": own, "user-agent": agent } = headers;
    response.writeHead(200, { "content-type": "application/json", "x-answer": "yes" });
    response.end(JSON.stringify({ method, url, sent, authorization, type, own, agent }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function lua(code: string, options: EngineOptions = { network: { "*": [base] } }): Promise<unknown> {
  const { engine, lua: run } = await testEngine({ options });
  try {
    return await run(`local base = "${base}"\n${code}`);
  } finally {
    await engine.close();
  }
}

describe("socket.http", () => {
  test("a request by its address", async () => {
    const code = `local body, code, headers, line = require("socket.http").request(base .. "/echo?a=1")
      return { vulcan.json.decode(body).url, code, headers["x-answer"], line }`;
    expect(await lua(code)).toEqual(["/echo?a=1", 200, "yes", "HTTP/1.1 200 OK"]);
  });

  test("a post by address and body", async () => {
    const code = `local r = vulcan.json.decode((require("socket.http").request(base .. "/echo", "x=1")))
      return { r.method, r.sent, r.type }`;
    expect(await lua(code)).toEqual(["POST", "x=1", "application/x-www-form-urlencoded"]);
  });

  test("the general form with a source, a sink and headers", async () => {
    const code = `local http, ltn12 = require("socket.http"), require("ltn12")
      local out = {}
      local ok, code = http.request({
        url = base .. "/echo", method = "PUT", source = ltn12.source.string("payload"), sink = ltn12.sink.table(out),
        headers = { ["x-own"] = "mine" }, user = "me", password = "pw",
      })
      local r = vulcan.json.decode(table.concat(out))
      return { ok, code, r.method, r.sent, r.own, r.authorization }`;
    expect(await lua(code)).toEqual([1, 200, "PUT", "payload", "mine", "Basic bWU6cHc="]);
  });

  test("redirects, statuses and bytes", async () => {
    const code = `local http = require("socket.http")
      local to = vulcan.json.decode((http.request(base .. "/redirect"))).url
      local _, kept = http.request({ url = base .. "/redirect", redirect = false })
      local text, missing = http.request(base .. "/missing")
      return { to, kept, text, missing, (http.request(base .. "/bytes")) == "\\0\\255\\1\\254" }`;
    expect(await lua(code)).toEqual(["/echo?from=redirect", 302, "nothing here", 404, true]);
  });

  test("nil and a reason when it cannot be done", async () => {
    const code = `local http = require("socket.http")
      local out = {}
      for i, url in ipairs({ base .. "/slow", base .. "/away", "ftp://x/", "not a url" }) do
        http.TIMEOUT = i == 1 and 0.05 or 60
        local ok, message = http.request(url)
        out[i] = ok == nil and message
      end
      return out`;
    expect(await lua(code)).toEqual([
      expect.stringContaining("no answer within 50 ms"),
      expect.stringContaining("elsewhere.test"),
      expect.stringContaining("not an http or https address"),
      expect.stringContaining("invalid host"),
    ]);
  });

  test("ssl.https is the same", async () => {
    expect(await lua(`return (select(2, require("ssl.https").request(base .. "/echo")))`)).toBe(200);
  });
});

describe("lcurl", () => {
  test("easy with callbacks", async () => {
    const code = `local curl = require("lcurl")
      local body, heads = {}, {}
      local easy = curl.easy({ url = base .. "/echo", useragent = "agent/1", httpheader = { "X-Own: mine", "Accept:" }, userpwd = "me:pw" })
      easy:setopt_writefunction(table.insert, body)
      easy:setopt_headerfunction(function(line) heads[#heads + 1] = line end)
      local same = easy:perform() == easy
      local r = vulcan.json.decode(table.concat(body))
      local answer = { same, r.agent, r.own, r.authorization, easy:getinfo_response_code(), easy:getinfo(curl.INFO_EFFECTIVE_URL) == base .. "/echo", easy:getinfo_content_type(), heads[1], heads[#heads] }
      easy:close()
      return answer`;
    expect(await lua(code)).toEqual([
      true,
      "agent/1",
      "mine",
      "Basic bWU6cHc=",
      200,
      true,
      "application/json",
      "HTTP/1.1 200 OK\r\n",
      "\r\n",
    ]);
  });

  test("methods and bodies", async () => {
    const code = `local curl = require("lcurl.safe")
      local function ask(options)
        local out = {}
        options.url = base .. "/echo"
        options.writefunction = function(s) out[#out + 1] = s end
        assert(curl.easy(options):perform())
        local r = vulcan.json.decode(table.concat(out))
        return (r and r.method or "none") .. " " .. (r and r.sent or "")
      end
      local form = curl.form():add_content("a", "1"):add_buffer("b", "b.txt", "two", "text/plain")
      local multipart = ask({ post = true, httppost = form })
      local parts, i = { "he", "llo", nil }, 0
      return { ask({ postfields = "x=1" }), ask({ customrequest = "DELETE" }), ask({ httpget = true, postfields = "x" }):sub(1, 4),
        ask({ upload = true, readfunction = function() i = i + 1 return parts[i] end }),
        multipart:find('name="b"; filename="b.txt"', 1, true) ~= nil, multipart:find("Content-Type: text/plain", 1, true) ~= nil }`;
    expect(await lua(code)).toEqual(["POST x=1", "DELETE ", "POST", "PUT hello", true, true]);
  });

  test("redirects only when asked for", async () => {
    const code = `local curl = require("lcurl")
      local a = curl.easy({ url = base .. "/redirect", writefunction = function() end })
      local b = curl.easy({ url = base .. "/redirect", followlocation = true, writefunction = function() end })
      a:perform() b:perform()
      return { a:getinfo_response_code(), b:getinfo_response_code(), b:getinfo_effective_url() == base .. "/echo?from=redirect" }`;
    expect(await lua(code)).toEqual([302, 200, true]);
  });

  test("errors have category, number and text; safe answers them, lcurl raises them", async () => {
    const code = `local curl, safe = require("lcurl"), require("lcurl.safe")
      local _, write = safe.easy({ url = base .. "/echo", writefunction = function() return false end }):perform()
      local _, failed = safe.easy({ url = base .. "/missing", failonerror = true, writefunction = function() end }):perform()
      local _, own = safe.easy({ url = base .. "/echo", writefunction = function() return nil, "MINE" end }):perform()
      local ok, raised = pcall(function() curl.easy({ url = "gopher://x/" }):perform() end)
      local _, proxy = safe.easy({ proxy = "http://p/" })
      return { tostring(write), write == safe.error(safe.ERROR_EASY, safe.E_WRITE_ERROR), failed:no(), own, ok, raised:name(), tostring(proxy) }`;
    expect(await lua(code)).toEqual([
      "[CURL-EASY][WRITE_ERROR] Failed writing received data to disk/application (23)",
      true,
      22,
      "MINE",
      false,
      "UNSUPPORTED_PROTOCOL",
      "[CURL-EASY][NOT_BUILT_IN] proxies are not supported here (option proxy) (4)",
    ]);
  });

  test("into a file", async () => {
    const code = `local f = io.open("/runtime/out.txt", "wb")
      require("lcurl").easy({ url = base .. "/missing", writefunction = f }):perform()
      f:close()
      return io.open("/runtime/out.txt"):read("*a")`;
    expect(await lua(code)).toBe("nothing here");
  });
});

describe("grants", () => {
  const ask = `return function(args)
    local body, reason = require("socket.http").request(args.url)
    return body and "got it" or reason
  end`;

  async function engineWith(network: EngineOptions["network"]): Promise<TestEngine> {
    const files = { ...skill("one", { ask }), ...skill("two", { ask }) };
    return testEngine({ files, options: network === undefined ? {} : { network } });
  }

  test("nobody reaches anything by default, and the refusal says how to grant it", async () => {
    const { call, engine } = await engineWith(undefined);
    const text = await call("one-ask", { url: `${base}/echo` });
    expect(text).toContain("the network is not granted to the skill one");
    expect(text).toContain('createRuntime({ network: { "one": ["https://host/"] } })');
    await engine.close();
  });

  test("a skill's grant is its own", async () => {
    const { call, engine } = await engineWith({ one: [`${base}/echo`] });
    expect(await call("one-ask", { url: `${base}/echo` })).toBe("got it");
    expect(await call("one-ask", { url: `${base}/missing` })).toContain("not allowed by host policy");
    expect(await call("two-ask", { url: `${base}/echo` })).toContain("not granted to the skill two");
    await engine.close();
  });

  test("names of objects are no grants", async () => {
    const { call, engine } = await testEngine({ files: skill("constructor", { ask }), options: { network: {} } });
    expect(await call("constructor-ask", { url: `${base}/echo` })).toContain("not granted to the skill constructor");
    await engine.close();
  });

  test("a grant that is no list of addresses is refused at the start", async () => {
    const error = await failure(testEngine({ options: { network: { one: ["example.com"] } } }));
    expect(error).toMatchObject({ code: "invalid_argument", message: expect.stringContaining('"one"') });
  });

  test("the host's own fetch serves Lua, too", async () => {
    const { lua: run, engine } = await testEngine({
      options: { network: { "*": true } },
      callbacks: {
        fetch: async (url, { method }) => ({
          status: 299,
          headers: { A: "b" },
          body: new TextEncoder().encode(`${method} ${url}`),
        }),
      },
    });
    expect(await run(`return { require("socket.http").request("https://example.test/x") }`)).toEqual([
      "GET https://example.test/x",
      299,
      { a: "b" },
      "HTTP/1.1 299",
    ]);
    await engine.close();
  });
});

test("socket.sleep waits and can be aborted", async () => {
  const { engine } = await testEngine();
  const started = performance.now();
  const run = engine.request({ op: "runLua", code: 'require("socket").sleep(60)', args: {} }, { requestId: 7 });
  setTimeout(() => engine.cancel(7, Object.assign(new Error("stop"), { code: "aborted" }) as never), 50);
  await expect(run).rejects.toThrow();
  expect(performance.now() - started).toBeLessThan(30_000);
  await engine.close();
});
