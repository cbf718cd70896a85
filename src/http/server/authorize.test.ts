/** Who may do what: every operation × every role × every way in, from the tables the server works with. */
import { describe, expect, it, vi } from "vitest";
import type { SupervisedRuntime } from "../../client/supervise.ts";
import { resolveLimits } from "../../limits.ts";
import type { EngineRequest, Op } from "../../wire/ops.ts";
import type { Authorization } from "./authorize.ts";
import { createHttpHandler } from "./handler.ts";
import { type Role, roleOfOp, roles } from "./roles.ts";

const ops = Object.keys(roleOfOp) as Op[];
const may = (role: Role, needed: Role) => roles.indexOf(role) >= roles.indexOf(needed);

function served(authorization: unknown, limits = {}, http = {}) {
  const asked = vi.fn(async (_request: EngineRequest): Promise<unknown> => null);
  const supervised = {
    runtime: { list: () => [], problems: () => [] },
    transport: { request: asked, snapshot: () => ({ entries: [], problems: [] }), capabilities: {} },
    limits: resolveLimits(limits),
  } as unknown as SupervisedRuntime;
  const handler = createHttpHandler(supervised, { authorize: () => authorization as Authorization, limits: http });
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const own = { "content-type": "application/json", ...headers };
    return handler(
      new Request(`http://skills.test${path}`, { method: "POST", body: JSON.stringify(body), headers: own }),
    );
  };
  return { asked, post, handler };
}

describe.each(roles)("the role %s", (role) => {
  it.each(ops.filter((op) => op !== "json"))("on %s over /v1/request", async (op) => {
    const { asked, post } = served(role);
    const answer = await post("/v1/request", { op });
    const text = await answer.text();
    const allowed = may(role, roleOfOp[op]);
    expect([answer.status, asked.mock.calls.length]).toEqual(allowed ? [200, 1] : [403, 0]);
    if (!allowed) expect(text).toContain(`needs the role \\"${roleOfOp[op]}\\"`);
  });

  it.each([
    ["version", "call"],
    ["list_entries", "call"],
    ["call_skill", "call"],
    ["luaskills_ffi_call_skill_json", "call"],
    ["skill_config_get", "read"],
    ["skill_config_set", "manage"],
    ["run_lua", "manage"],
    ["system_install_skill", "manage"],
    ["runtime_lease_eval", "manage"],
    ["of_tomorrow", "manage"],
    ["toString", "manage"],
  ] as const)("on the native %s, both ways", async (method, needed) => {
    const { asked, post } = served(role);
    const answers = [
      await post(`/v1/json/${method}`, { authority: "system" }),
      await post("/v1/request", { op: "json", method, params: { authority: "system" } }),
    ];
    for (const answer of answers) await answer.text();
    const allowed = may(role, needed);
    expect(answers.map(({ status }) => status)).toEqual(allowed ? [200, 200] : [403, 403]);
    for (const [request] of asked.mock.calls) {
      expect((request as { params: object }).params).toMatchObject({
        authority: role === "manage" ? "system" : "delegated_tool",
      });
    }
  });

  it("never makes or ends engines of the host", async () => {
    for (const method of ["engine_new", "engine_free", "luaskills_ffi_engine_free_json"]) {
      expect((await served(role).post(`/v1/json/${method}`, { engine_id: 1 })).status).toBe(403);
    }
  });

  it("calls entries over /v1/call and /v1/stream", async () => {
    const { asked, post } = served(role);
    for (const path of ["/v1/call", "/v1/stream"]) await (await post(path, { name: "a-b" })).text();
    expect(asked).toHaveBeenCalledTimes(2);
  });
});

it.each([
  [true, 200, 403],
  [["call"], 200, 403],
  [["fs.read"], 403, 200],
  [["fs.read", "call"], 200, 200],
  [[], 401, 401],
  [["call", "fs.raed"], 401, 401],
  ["admin", 401, 401],
  [{ role: "manage" }, 401, 401],
  [1, 401, 401],
  [null, 401, 401],
  [undefined, 401, 401],
])("authorize() that answers %j lets a call in with %i and a file with %i", async (answer, call, file) => {
  const { post } = served(answer);
  expect((await post("/v1/request", { op: "call", name: "a-b" })).status).toBe(call);
  const read = await post("/v1/request", { op: "fs.read", path: "/a" });
  expect(read.status).toBe(file);
  if (file === 401) expect(read.headers.get("www-authenticate")).toBe("Bearer");
});

it("host modules of a call are not a client's to name", async () => {
  const modules = { modules: ["net"] };
  const text = (role: Role) =>
    served(role)
      .post("/v1/request", { op: "call", name: "a-b", args: {}, modules })
      .then((answer) => answer.text());
  expect(await text("call")).toContain("permission_denied");
  expect(await text("manage")).not.toContain("permission_denied");
});

describe("a page of another site", () => {
  const ask = async (headers: Record<string, string>) =>
    (await served("call").post("/v1/call", { name: "a-b" }, headers)).status;

  it.each([
    ["no page", {}, 200],
    ["a page of the server's own", { origin: "http://skills.test" }, 200],
    ["one behind a proxy that takes the encryption away", { origin: "https://skills.test" }, 200],
    ["another origin", { origin: "https://evil.test" }, 403],
    ["a sandboxed frame", { origin: "null" }, 403],
    ["a browser that says cross-site only", { "sec-fetch-site": "cross-site" }, 403],
    ["a sibling site", { "sec-fetch-site": "same-site" }, 403],
    ["text/plain", { "content-type": "text/plain" }, 415],
    ["a form", { "content-type": "application/x-www-form-urlencoded" }, 415],
    [
      "a bearer token from anywhere",
      { origin: "https://evil.test", authorization: "Bearer x", "content-type": "x/y" },
      200,
    ],
  ] as const)("%s", async (_, headers, status) => {
    expect(await ask(headers)).toBe(status);
  });
});

describe("the time of a request", () => {
  const sent = async (body: object, http = {}) => {
    const { asked, post } = served("manage", { callTimeoutMs: 500 }, http);
    await (await post("/v1/request", body)).text();
    return asked.mock.calls[0]?.[0];
  };

  it.each([
    [undefined, 500],
    [0, 500],
    [100, 100],
    [60_000, 500],
    [{ $number: "Infinity" }, 500],
  ])("of %j is at most the host's", async (timeoutMs, expected) => {
    expect(await sent({ op: "call", name: "a-b", args: {}, timeoutMs })).toMatchObject({ timeoutMs: expected });
    expect(await sent({ op: "runLua", code: "", args: {}, timeoutMs })).toMatchObject({ timeoutMs: expected });
    expect(await sent({ op: "luaexec", request: { timeout_ms: timeoutMs } })).toMatchObject({
      request: { timeout_ms: expected },
    });
    expect(await sent({ op: "json", method: "runtime_lease_eval", params: { timeout_ms: timeoutMs } })).toMatchObject({
      params: { timeout_ms: expected },
    });
  });

  it("is the host's own over HTTP when it says so", async () => {
    expect(await sent({ op: "call", name: "a-b", args: {} }, { requestMs: 50 })).toMatchObject({ timeoutMs: 50 });
  });
});

describe("what a client may make the server hold", () => {
  it("numbers have at most 64 bits", async () => {
    const { post } = served("manage");
    const answer = await post("/v1/request", { op: "runLua", code: "", args: { $number: `${"9".repeat(100)}n` } });
    expect([answer.status, (await answer.text()).includes("64 bits")]).toEqual([400, true]);
  });

  it("values are counted before they are made", async () => {
    const { post } = served("manage", {}, { requestValues: 100 });
    const many = await post("/v1/request", { op: "runLua", code: "", args: Array.from({ length: 200 }, () => ({})) });
    expect([many.status, (await many.text()).includes("100 values")]).toEqual([413, true]);
    const text = { op: "runLua", code: '{[,"\\'.repeat(200), args: {} };
    expect((await post("/v1/request", text)).status).toBe(200);
  });

  it("errors keep within the cap of answers", async () => {
    const { asked, post } = served("manage", {}, { responseBytes: 4_000 });
    asked.mockRejectedValue(new Error("x".repeat(50_000)));
    const answers = [await post("/v1/call", { name: "a-b" }), await post("/v1/request", { op: "flush" })];
    for (const answer of answers) {
      const text = await answer.text();
      expect(text.length).toBeLessThan(4_200);
      expect(text).toContain("the error is larger than");
    }
  });
});

it("a reader that does not read is cut off, and its call ends", async () => {
  const { asked, post } = served("call", {}, { waitingBytes: 10_000 });
  let signal: AbortSignal | undefined;
  asked.mockImplementation(((
    _request: unknown,
    options: { signal: AbortSignal; onEvent: (event: unknown) => void },
  ) => {
    signal = options.signal;
    for (let i = 0; i < 100 && !signal.aborted; i++) {
      options.onEvent({ name: "log", event: { level: "info", message: "x".repeat(1_000) } });
    }
    return new Promise(() => {});
  }) as never);
  const answer = await post("/v1/stream", { name: "a-b" });
  await vi.waitFor(() => expect(signal?.aborted).toBe(true));
  await expect(answer.text()).rejects.toThrow(/unread/);
});
