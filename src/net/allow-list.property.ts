import fc from "fast-check";
import { expect, it } from "vitest";
import { isAllowed } from "./allow-list.ts";

const part = fc.constantFrom("a", "b", "..", ".", "%2e%2e", "%2F", "\\", "", "a%20b", "ü");
const path = fc.array(part, { maxLength: 6 }).map((parts) => parts.join("/"));

it("no spelling of a path leads out of what is allowed", () => {
  fc.assert(
    fc.property(path, (below) => {
      const url = `https://h.example/a/${below}`;
      if (!isAllowed(url, ["https://h.example/a"])) return;
      // As a server folds it that decodes first.
      const seen = new URL(`https://h.example${decodeURIComponent(new URL(url).pathname).replaceAll("\\", "/")}`)
        .pathname;
      expect(seen === "/a" || seen.startsWith("/a/")).toBe(true);
    }),
  );
});

it("no user, port, scheme or longer name passes for an allowed host", () => {
  const near = fc.constantFrom(
    "https://h.example.evil/",
    "https://h.example:444/",
    "http://h.example/",
    "https://evil/https://h.example/",
    "https://evil?https://h.example/",
    "https://evil#@h.example/",
    "https://h.example@evil/",
    "https://u@h.example/",
    "https://hxexample/",
  );
  fc.assert(
    fc.property(near, path, (host, below) => {
      expect(isAllowed(host + below, ["https://h.example"])).toBe(false);
    }),
  );
});
