import { expect, test } from "vitest";
import { testVm } from "../testing/test-vm.ts";
import { ffiPreludes } from "./ffi-module.ts";

async function ffiVm() {
  const t = await testVm();
  for (const prelude of ffiPreludes({ os: "linux", arch: "x64" })) t.vm.install(prelude);
  return { ...t, ffi: (code: string) => t.run(`local ffi = require("ffi")\n${code}`) };
}

test("x", async () => {
  const { ffi } = await ffiVm();
  const { readFileSync } = await import("node:fs");
  console.log((await ffi(readFileSync("/tmp/t4.lua", "utf8"))).join("\n"));
});
