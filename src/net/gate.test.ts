import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type NetworkPolicy, policedFetch } from "./fetch.ts";
import type { HttpFetch } from "./interface.ts";
import { isPrivateHost } from "./private-host.ts";
import { placeholderOf, Secrets } from "./secrets.ts";

const limits = { downloadBytes: 100_000 };
const open: NetworkPolicy = { allowNetwork: true, limits };
let server: Server;
let base: string;
let seen: { url: string; method: string; headers: Record<string, unknown>; body: string }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const url = request.url ?? "/";
      const body = Buffer.concat(parts).toString();
      seen.push({ url, method: request.method ?? "", headers: request.headers, body });
      const target = new URL(url, "http://x").searchParams.get("to");
      if (target === null) return response.end(JSON.stringify({ ...request.headers, body }));
      response
        .writeHead(Number(new URL(url, "http://x").searchParams.get("status") ?? 302), { location: target })
        .end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  seen = [];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe("addresses inside a server's network", () => {
  const inside = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://a.localhost/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://１２７.０.０.１/",
    "http://①②⑦.0.0.1/",
    "http://printer.local/",
  ];
  it.each(inside)("%s is refused, whoever fetches", async (url) => {
    let asked = 0;
    const fetch: HttpFetch = async () => {
      asked++;
      return { status: 200, headers: {}, body: new Uint8Array() };
    };
    await expect(policedFetch(url, open, {}, { refusesPrivate: true, fetch })).rejects.toMatchObject({
      code: "permission_denied",
      message: expect.stringContaining("inside the network"),
    });
    expect(asked).toBe(0);
    // In a page the browser decides.
    await policedFetch(url, open, {}, { fetch });
    expect(asked).toBe(1);
  });

  it.each(["8.8.8.8", "1.1.1.1", "192.0.66.2", "[2606:4700::1111]", "[64:ff9b::808:808]", "example.com"])(
    "%s is none of them",
    (host) => expect(isPrivateHost(host)).toBe(false),
  );

  it("a name that leads there is refused before anything is asked, also by a redirect", async () => {
    const outlet = { refusesPrivate: true, resolve: async () => ["10.0.0.7"] };
    await expect(policedFetch("http://rebind.example/", open, {}, outlet)).rejects.toMatchObject({
      code: "permission_denied",
      message: expect.stringContaining("rebind.example is 10.0.0.7"),
    });
    const redirect = `${base}/?to=${encodeURIComponent(base.replace("127.0.0.1", "localhost"))}`;
    await expect(
      policedFetch(redirect, { ...open, named: [base] }, {}, { refusesPrivate: true }),
    ).rejects.toMatchObject({ code: "permission_denied" });
    expect(seen).toHaveLength(1);
  });

  it("those the host named are asked", async () => {
    const outlet = { refusesPrivate: true };
    expect((await policedFetch(`${base}/a`, { ...open, allowed: [base] }, {}, outlet)).status).toBe(200);
    expect((await policedFetch(`${base}/a`, { ...open, named: [base] }, {}, outlet)).status).toBe(200);
    await expect(policedFetch(`${base}/a`, open, {}, outlet)).rejects.toMatchObject({ code: "permission_denied" });
  });
});

it.each([
  "https://h.example/a\r\nHost: evil",
  "https://h.example/\u0000",
  "https://h.example\\@evil.example/",
  " https://h.example/",
  "https://user:word@h.example/",
  "https://user@h.example/",
  "ftp://h.example/",
  "data:text/plain,x",
  `https://h.example/%${"25".repeat(20)}2e`,
])("an odd address is refused: %j", async (url) => {
  const fetch: HttpFetch = () => expect.fail("asked");
  const error = await policedFetch(url, open, {}, { fetch }).catch((thrown: { code: string }) => thrown.code);
  expect(["permission_denied", "invalid_argument"]).toContain(error);
});

describe("redirects", () => {
  it("of a host's own fetch are followed by the gate, each held against the list", async () => {
    const asked: string[] = [];
    const fetch: HttpFetch = async (url, { redirect }) => {
      asked.push(`${url} ${redirect}`);
      return { status: 302, headers: { Location: "https://evil.example/" }, body: new Uint8Array() };
    };
    await expect(
      policedFetch("https://h.example/", { ...open, allowed: ["https://h.example"] }, {}, { fetch }),
    ).rejects.toMatchObject({ code: "permission_denied" });
    expect(asked).toEqual(["https://h.example/ manual"]);
  });

  it("of a fetch that follows them by itself are judged by where they ended", async () => {
    const fetch: HttpFetch = async () => ({
      status: 200,
      headers: {},
      body: new Uint8Array(),
      url: "http://10.0.0.1/",
    });
    await expect(policedFetch("https://h.example/", open, {}, { fetch, refusesPrivate: true })).rejects.toMatchObject({
      code: "permission_denied",
    });
  });

  it("lose credentials at another origin, and the body where HTTP says so", async () => {
    const elsewhere = base.replace("127.0.0.1", "localhost");
    const send = (status: number) =>
      policedFetch(
        `${base}/?status=${status}&to=${encodeURIComponent(`${elsewhere}/end`)}`,
        { ...open, allowed: [base, elsewhere] },
        {
          method: "POST",
          headers: { Authorization: "Bearer x", "X-Kept": "1" },
          body: new TextEncoder().encode("b"),
        },
      );
    await send(303);
    await send(307);
    const ends = seen.filter(({ url }) => url === "/end");
    expect(ends.map(({ method, body, headers }) => [method, body, headers.authorization, headers["x-kept"]])).toEqual([
      ["GET", "", undefined, "1"],
      ["POST", "b", undefined, "1"],
    ]);
  });
});

it("methods and headers are those of the rule", async () => {
  const rule = () => ({ methods: ["GET"], headers: { "User-Agent": "skills", "x-key": "1" } });
  await policedFetch(`${base}/a`, { ...open, rule }, { headers: { "user-agent": "forged" } });
  expect(seen[0]?.headers).toMatchObject({ "user-agent": "skills", "x-key": "1" });
  await expect(policedFetch(`${base}/a`, { ...open, rule }, { method: "DELETE" })).rejects.toMatchObject({
    code: "permission_denied",
  });
  expect(seen).toHaveLength(1);
});

describe("secrets", () => {
  const token = placeholderOf("TOKEN");
  const value = "s3cr3t-value";
  const outlet = () => ({ secrets: new Secrets({ TOKEN: { value, hosts: [base] } }) });

  it("are put in for their hosts, and come back as placeholders", async () => {
    const answer = await policedFetch(
      `${base}/?key=${token}`,
      open,
      {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: new TextEncoder().encode(`{"k":"${token}"}`),
      },
      outlet(),
    );
    expect(seen[0]).toMatchObject({ url: `/?key=${value}`, body: `{"k":"${value}"}` });
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${value}`);
    const text = new TextDecoder().decode(answer.body);
    expect(text).not.toContain(value);
    expect(text).toContain(`Bearer ${token}`);
    expect(answer.url).not.toContain(value);
  });

  it("are not looked for in what is no text of theirs: it goes as it is", async () => {
    const sent: Uint8Array[] = [];
    const fetch: HttpFetch = async (_, { body }) => {
      sent.push(body as Uint8Array);
      return { status: 200, headers: {}, body: new Uint8Array() };
    };
    const binary = Uint8Array.of(0x7b, 0xff, 0x7b, 0x7b, 0x80, 0x7b, 0x7b);
    await policedFetch(`${base}/`, open, { method: "POST", body: binary }, { ...outlet(), fetch });
    expect(sent[0]).toBe(binary);
  });

  it("go nowhere else, by no redirect either", async () => {
    const other = base.replace("127.0.0.1", "localhost");
    const headers = { "x-token": token };
    for (const url of [`${other}/`, `${base}/?to=${encodeURIComponent(`${other}/`)}`]) {
      await expect(policedFetch(url, open, { headers }, outlet())).rejects.toMatchObject({
        code: "permission_denied",
        message: expect.stringContaining("the secret TOKEN is not for"),
      });
    }
    expect(seen.every(({ headers: { host } }) => String(host).startsWith("127.0.0.1"))).toBe(true);
  });

  it("do not show in errors", async () => {
    const fetch: HttpFetch = async (url) => {
      throw new Error(`cannot reach ${url} with ${value}`);
    };
    const error = await policedFetch(`${base}/?k=${token}`, open, {}, { ...outlet(), fetch }).catch((e: Error) => e);
    expect(JSON.stringify([String(error), (error as Error).cause])).not.toContain(value);
    expect(String(error)).toContain(token);
  });

  it.each([
    [{ "no name": { value, hosts: ["h"] } }, "a name is letters"],
    [{ A: { value: "", hosts: ["h"] } }, "at least 4 characters"],
    [{ A: { value, hosts: [] } }, "hosts must be a list"],
    [{ A: { value, hosts: ["*"] } }, "hosts must be a list"],
    [{ A: { value, hosts: ["https://u@h/ x"] } }, "hosts must be a list"],
  ])("are refused by name: %j", (given, text) => {
    expect(() => new Secrets(given)).toThrow(text);
  });

  it("are for https and the hosts named", () => {
    const secrets = new Secrets({ A: { value, hosts: ["api.example.com", "*.example.org"] } });
    const may = (url: string) => {
      try {
        return secrets.reveal(placeholderOf("A"), new URL(url)) === value;
      } catch {
        return false;
      }
    };
    expect(
      [
        "https://api.example.com/",
        "https://a.example.org/",
        "http://api.example.com/",
        "https://example.org/",
        "https://xexample.org/",
        "https://evil-api.example.com/",
      ].map(may),
    ).toEqual([true, true, false, false, false, false]);
  });
});
