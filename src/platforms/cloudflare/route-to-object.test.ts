import { describe, expect, it } from "vitest";
import { type ObjectNamespace, routeToObject } from "./route-to-object.ts";

function namespace(answer: () => Response = () => new Response("here")) {
  const asked: string[] = [];
  const objects: ObjectNamespace = {
    idFromName: (name) => name,
    get: (id) => ({
      fetch: async () => {
        asked.push(id);
        return answer();
      },
    }),
  };
  return { asked, objects };
}
const request = () => new Request("http://agents.test/v1/entries", { headers: { origin: "https://app.test" } });

describe("routeToObject", () => {
  it("asks the object tenantOf names, and nobody for null, an empty name or a response of the host's own", async () => {
    const { asked, objects } = namespace();
    const route = (tenant: string | Response | null) => routeToObject(request(), objects, { tenantOf: () => tenant });
    expect((await route("alice")).status).toBe(200);
    expect((await route(null)).status).toBe(401);
    expect((await route("")).status).toBe(401);
    expect((await route(new Response("pay first", { status: 402 }))).status).toBe(402);
    expect(asked).toEqual(["alice"]);
  });

  it("asks nobody when tenantOf throws", async () => {
    const { asked, objects } = namespace();
    const tenantOf = () => Promise.reject(new Error("no database"));
    await expect(routeToObject(request(), objects, { tenantOf })).rejects.toThrow("no database");
    expect(asked).toEqual([]);
  });

  it("says try again when the platform finds an object overloaded, and passes every other failure on", async () => {
    const failing = (failure: Error) =>
      namespace(() => {
        throw failure;
      }).objects;
    const tenantOf = () => "alice";
    const busy = failing(Object.assign(new Error("too many"), { overloaded: true }));
    const answer = await routeToObject(request(), busy, { tenantOf });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await answer.json()).toMatchObject({ error: { code: "overloaded" } });
    await expect(routeToObject(request(), failing(new Error("reset")), { tenantOf })).rejects.toThrow("reset");
  });

  it("lets pages of the named origins read what an object says", async () => {
    const { objects } = namespace();
    const answer = await routeToObject(request(), objects, { tenantOf: () => "a", origins: ["https://app.test"] });
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://app.test");
    expect(await answer.text()).toBe("here");
  });
});
