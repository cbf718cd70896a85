import { expect, it } from "vitest";
import { isAllowed } from "./allow-list.ts";

it("a whole origin covers everything below it", () => {
  for (const prefix of ["https://h.example", "https://h.example/"]) {
    expect(isAllowed("https://h.example/a/b?c", [prefix])).toBe(true);
    expect(isAllowed("https://h.example", [prefix])).toBe(true);
    expect(isAllowed("https://h.example.evil.example/", [prefix])).toBe(false);
  }
});

it.each(["%E0%A4%A", "%"])("an address that cannot be decoded is covered by nothing: %s", (path) => {
  expect(isAllowed(`https://h.example/${path}`, ["https://h.example"])).toBe(false);
});

it("a prefix that is no address covers nothing, and does not keep others from it", () => {
  expect(isAllowed("https://h.example/a", ["", "h.example", "https://"])).toBe(false);
  expect(isAllowed("https://h.example/a", ["nonsense", "https://h.example/a"])).toBe(true);
});

it("an empty list covers nothing", () => {
  expect(isAllowed("https://h.example/", [])).toBe(false);
});
