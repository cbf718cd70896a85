import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Runtime } from "../../src/contract/contract.ts";
import { createGenx, type Genx, scripted } from "../../src/genx/index.ts";
import { createEdgeRuntime } from "../../src/platforms/node/index.ts";

let server: Server;
let base: string;
let answer: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;
let runtime: Runtime;
let genx: Genx;

beforeEach(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => answer(request, response, Buffer.concat(chunks)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  genx = createGenx({ models: { default: scripted([[{ tool: "t" }], "end"], { loop: true }) } });
  runtime = await createEdgeRuntime({
    storage: "memory",
    load: false,
    modules: ["genx"],
    grants: { "*": ["genx"] },
    commands: genx.commands,
    security: {
      actor: { id: "me" },
      policies: [
        { id: "allow", actions: ["http_client.*"], resources: ["*"], effect: "allow" },
        { id: "deny", actions: ["http_client.request"], resources: [`${base}/secret*`], effect: "deny" },
      ],
    },
  } as never);
  genx.attach(runtime);
});
afterEach(async () => {
  await genx.close();
  await runtime.close();
  server.closeAllConnections();
  server.close();
});

describe("__builtin.http against a server", () => {
  it("follows redirects, but not to where the policy says no", async () => {
    answer = ({ url }, response) => {
      if (url === "/a") response.writeHead(302, { location: "/b" }).end();
      else if (url === "/c") response.writeHead(302, { location: "/secret" }).end();
      else response.end(`at ${url}`);
    };
    const code = `local a, c = __builtin.http({ url = args.base .. "/a" }), __builtin.http({ url = args.base .. "/c" })
      return { a.status, a.body, c.status, c.err, c.body == nil, __builtin.http({ url = args.base .. "/secret" }).err }`;
    expect(await runtime.runLua(code, { base })).toEqual([
      200,
      "at /b",
      0,
      `not allowed: ${base}/c`,
      true,
      `not allowed: ${base}/secret`,
    ]);
  });

  it("sends and gets bytes, headers in any case, and a megabyte", async () => {
    const seen: Record<string, unknown>[] = [];
    answer = ({ method, headers }, response, body) => {
      seen.push({ method, type: headers["x-type"], bytes: body.length, first: body[0] });
      response.writeHead(200, { "X-ODD-name": "v", "content-type": "application/octet-stream" });
      response.end(Buffer.concat([Buffer.from([0, 255, 10]), Buffer.alloc(1024 * 1024)]));
    };
    const code = `local r = __builtin.http({ url = args.base, method = "PUT", headers = { ["X-Type"] = "t" }, body = "\\255" .. ("x"):rep(1024 * 1024) })
      return { #r.body, r.body:byte(1, 3), r.headers["x-odd-NAME"], r.headers["X-Odd-Name"], math.type(r.status) }`;
    expect(await runtime.runLua(code, { base })).toEqual([1024 * 1024 + 3, 0, "v", "v", "integer"]);
    expect(seen).toEqual([{ method: "PUT", type: "t", bytes: 1024 * 1024 + 1, first: 255 }]);
  });

  it("gives up when the time is over, and when nobody is there", async () => {
    answer = () => {};
    const code = `local late = __builtin.http({ url = args.base, timeout = 100 })
      local gone = __builtin.http({ url = "http://127.0.0.1:1/" })
      return { late.status, late.err, gone.status, type(gone.err) }`;
    expect(await runtime.runLua(code, { base })).toEqual([0, "context deadline exceeded", 0, "string"]);
  });

  it("ends its request when the run is stopped", async () => {
    let closed = false;
    answer = (request) => {
      request.socket.on("close", () => {
        closed = true;
      });
    };
    const controller = new AbortController();
    const run = runtime.runLua(
      "return __builtin.http({ url = args.base }).status",
      { base },
      { signal: controller.signal },
    );
    run.catch(() => undefined);
    await new Promise((resolve) => server.once("request", resolve));
    controller.abort();
    await expect(run).rejects.toMatchObject({ code: "aborted" });
    await vi.waitFor(() => expect(closed).toBe(true));
  });
});

describe("overlap", () => {
  /** Answers nobody before two requests are there. */
  const bothOrNone = () => {
    const waiting: ServerResponse[] = [];
    answer = ({ url }, response) => {
      waiting.push(response);
      if (waiting.length === 2) for (const each of waiting) each.end(`from ${url}`);
    };
  };
  const tool = async (definition: object): Promise<unknown> => {
    const agent = await genx.createAgent({ type: "react", name: "a", tools: [{ name: "t", ...definition }] } as never);
    for await (const event of agent.run("go")) {
      if (event.type === "tool_done") return event.toolResult;
      if (event.type === "tool_error") return event.toolError;
    }
    return undefined;
  };

  it("of two requests in spawned coroutines", async () => {
    bothOrNone();
    const lua = `function invoke(ctx)
      local done = channel.new(2)
      for i = 1, 2 do coroutine.spawn(function() done:send(ctx.http.get("${base}/" .. i).status) end) end
      return { (done:receive()), (done:receive()) }
    end`;
    expect(await tool({ lua, modules: ["channel"] })).toEqual([200, 200]);
  });

  it("of two promises", async () => {
    bothOrNone();
    const lua = `local a, b = rt:http({ url = "${base}/1" }), rt:http({ url = "${base}/2" })
      local all, err = rt:await_all(a, b):await()
      local bad, why = rt:http("no table"):await()
      rt:output({ all[1].status, all[2].status, err == nil, bad == nil, why }, nil)`;
    expect(await tool({ lua })).toEqual([200, 200, true, true, "request must be a table"]);
  });
});
