import { expect, it } from "vitest";
import { decodedPath, parsedAddress } from "./address.ts";

it.each([
  ["https://h.example/a\u0000b", "invalid_argument", "has a character that no address has"],
  ["https://h.example/a\nb", "invalid_argument", "has a character that no address has"],
  ["https://h.example/a\u007f", "invalid_argument", "has a character that no address has"],
  ["https://h.example\\@evil.example", "invalid_argument", "has a character that no address has"],
  [" https://h.example/", "invalid_argument", "has a character that no address has"],
  ["https://h.example/ ", "invalid_argument", "has a character that no address has"],
  ["/a", "invalid_argument", "'/a' is not an absolute URL"],
  ["file:///etc/passwd", "permission_denied", "is not an http or https address"],
  ["https://user@h.example/", "permission_denied", "'https://h.example' is asked with a user name in the address"],
  ["https://:word@h.example/", "permission_denied", "'https://h.example' is asked with a user name in the address"],
])("%j is refused before anything is compared: %s", (url, code, text) => {
  expect(() => parsedAddress(url)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(text) }));
});

it.each(["http://h.example/", "https://h.example/a%20b?q=%0a#x", "https://h.example/ü"])("%s is an address", (url) => {
  expect(parsedAddress(url).href).toBe(new URL(url).href);
});

/** A slash encoded that many times. */
const encoded = (times: number): string => `/a%${"25".repeat(times - 1)}2fb`;

it("a path is what is left when nothing can be decoded any more", () => {
  expect(["/a%2fb", "/a%2Fb", "/a%252fb", "/%", "/%zz", "/%25"].map(decodedPath)).toEqual([
    "/a/b",
    "/a/b",
    "/a/b",
    "/%",
    "/%zz",
    "/%",
  ]);
  // No UTF-8, and decoded byte by byte all the same.
  expect(decodedPath("/%ff")).toBe("/\u00ff");
});

it("a path that is encoded again and again has no end", () => {
  expect([decodedPath(encoded(7)), decodedPath(encoded(8))]).toEqual(["/a/b", undefined]);
  expect(() => parsedAddress(`https://h.example${encoded(8)}`)).toThrow(
    expect.objectContaining({ code: "permission_denied", message: expect.stringContaining("again and again") }),
  );
});
