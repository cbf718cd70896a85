import { describe, expect, it } from "vitest";
import { withCors } from "./cors.ts";

const request = (origin?: string, init: RequestInit = {}) =>
  new Request("https://skills.test/v1/call", { ...init, headers: { ...init.headers, ...(origin ? { origin } : {}) } });
const answer = async () => new Response("body", { status: 201, headers: { "x-own": "1" } });
const headers = (response: Response) => Object.fromEntries(response.headers);

describe("requests of other origins", () => {
  it("are let in by exact name, and caches are told that the answer is for that one", async () => {
    const response = await withCors(request("https://app.example"), ["https://app.example"], answer);
    expect([response.status, await response.text()]).toEqual([201, "body"]);
    expect(headers(response)).toMatchObject({
      "access-control-allow-origin": "https://app.example",
      vary: "origin",
      "x-own": "1",
    });
  });

  it("are let in by a star", async () => {
    const response = await withCors(request("https://any.example"), "*", answer);
    expect(headers(response)).toMatchObject({ "access-control-allow-origin": "*", vary: "origin" });
  });

  it.each([
    ["another origin", "https://evil.example"],
    ["a longer name", "https://app.example.evil.example"],
    ["another scheme", "http://app.example"],
    ["no origin", undefined],
  ])("get nothing for %s", async (_, origin) => {
    const response = await withCors(request(origin), ["https://app.example"], answer);
    expect(response.status).toBe(201);
    expect(response.headers.has("access-control-allow-origin")).toBe(false);
  });

  it("are answered before they are made, without asking anybody", async () => {
    const preflight = request("https://app.example", {
      method: "OPTIONS",
      headers: { "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
    });
    const response = await withCors(preflight, ["https://app.example"], () => Promise.reject(new Error("was asked")));
    expect(response.status).toBe(204);
    expect(headers(response)).toEqual({
      "access-control-allow-origin": "https://app.example",
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers": "authorization",
      "access-control-max-age": "7200",
      vary: "origin",
    });
  });

  it("of the method OPTIONS that ask for nothing are requests like others", async () => {
    const response = await withCors(
      request("https://app.example", { method: "OPTIONS" }),
      ["https://app.example"],
      answer,
    );
    expect(response.status).toBe(201);
  });
});
