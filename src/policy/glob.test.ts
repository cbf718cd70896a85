import { expect, it } from "vitest";
import { compileGlob } from "./glob.ts";

it.each([
  ["/a/b", "/a/b"],
  ["/a/*", "/a/b"],
  ["/a/*", "/a/"],
  ["/a/*.txt", "/a/b.txt"],
  ["/a/*/c", "/a/b/c"],
  ["/a/b?", "/a/bc"],
  ["/a/**", "/a"],
  ["/a/**", "/a/b"],
  ["/a/**", "/a/b/c"],
  ["/a/**/d", "/a/d"],
  ["/a/**/d", "/a/b/c/d"],
  ["/**", "/"],
  ["**", "/a/b"],
  ["/a/**b", "/a/b"],
  ["/a/**b", "/a/x/yb"],
  ["/a/b**", "/a/bc/d"],
  // What means something in an expression stands for itself here.
  ["/a.b+c(d)[e]{f}$^|\\g", "/a.b+c(d)[e]{f}$^|\\g"],
  ["/line*", "/line\nbreak"],
])("%s covers %j", (glob, path) => {
  expect(compileGlob(glob)(path)).toBe(true);
});

it.each([
  ["/a/b", "/a/bc"],
  ["/a/b", "x/a/b"],
  ["/a/*", "/a/b/c"],
  ["/a/*", "/a"],
  ["/a/b?", "/a/b"],
  ["/a/b?c", "/a/b/c"],
  ["/a/**", "/ab"],
  ["/a/**/d", "/a/bd"],
  ["/a/**b", "/a"],
  ["/a.b", "/axb"],
  ["/a+", "/aa"],
])("%s does not cover %j", (glob, path) => {
  expect(compileGlob(glob)(path)).toBe(false);
});
