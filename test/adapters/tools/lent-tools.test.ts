import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { hostTool, httpTool } from "../../../src/adapters/tools/index.ts";
import type { HostTools, Json } from "../../../src/contract/contract.ts";
import { createNodeRuntime } from "../../../src/platforms/node/node.ts";

async function lua(hostTools: HostTools, code: string, args: Json = {}): Promise<Json> {
  const runtime = await createNodeRuntime({ storage: "memory", hostTools });
  onTestFinished(() => runtime.close());
  return runtime.runLua(code, args);
}

async function site(): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? ""}`);
    if (request.url === "/v1/away") response.writeHead(302, { location: "/secret" });
    else if (request.url === "/v1/bytes") response.writeHead(200, { "content-type": "image/png" });
    else response.writeHead(200, { "content-type": "application/json" });
    response.end(request.url === "/v1/bytes" ? Buffer.from([0xff, 0xd8]) : '{"n":1}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

test("hostTool checks arguments by its schema before it runs", async () => {
  const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
  let ran = 0;
  const weather = hostTool<{ city: string }>(
    ({ city }) => {
      ran++;
      return { city, sunny: true };
    },
    { schema },
  );
  expect(await lua({ weather }, 'return vulcan.host.call("weather", { city = "Oslo" })')).toMatchObject({
    sunny: true,
  });
  const refused = await lua({ weather }, 'return vulcan.host.call("weather", { city = 7 }).error.message');
  expect(refused).toContain("city: expected string, got number 7");
  expect(ran).toBe(1);
});

test("httpTool reaches what is allowed, with the host's headers, and nothing else", async () => {
  const { url, seen } = await site();
  const http = httpTool({ allow: [`${url}/v1`], headers: { authorization: "Bearer key" } });
  const get = (path: string, more = "") =>
    lua({ http }, `return vulcan.host.call("http", { url = args.url, headers = { Authorization = "mine" } ${more} })`, {
      url: path.startsWith("http") ? path : `${url}${path}`,
    });
  expect(await get("/v1/x")).toMatchObject({ ok: true, value: { status: 200, json: { n: 1 }, body: '{"n":1}' } });
  expect(await get("/v1/bytes")).toMatchObject({ ok: true, value: { bytes: "/9g=" } });
  expect(seen).toEqual(["GET /v1/x Bearer key", "GET /v1/bytes Bearer key"]);
  for (const path of ["/secret", "/v1/../secret", "/v1x", "/v1/away", "http://127.0.0.1:1/v1"]) {
    expect(await get(path), path).toMatchObject({ ok: false, error: { code: "permission_denied" } });
  }
  expect(await lua({ http }, 'return vulcan.host.call("http", { url = "file:///etc/passwd" })')).toMatchObject({
    ok: false,
  });
  expect(await get("/v1/x", ', method = "DELETE"')).toMatchObject({ ok: false, error: { code: "permission_denied" } });
  expect(seen.filter((line) => line.includes("secret") || line.startsWith("DELETE"))).toEqual([]);
  for (const allow of [[], ["example.com"], ["ftp://x/"], ["https:///"], "https://x/", undefined]) {
    expect(() => httpTool({ allow } as { allow: string[] })).toThrow("takes a list of http or https addresses");
  }
  expect(() => hostTool({ run() {} } as never)).toThrow("hostTool(run, { schema? }) takes a function, got object");
});
