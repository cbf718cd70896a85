import { describe, expect, test } from "vitest";
import answers from "../../test/ffi/answers.json" with { type: "json" };
import { program } from "../../test/ffi/behaviours.mjs";
import { testVm } from "../testing/test-vm.ts";

describe("programs that LuaJIT answers alike", () => {
  test.each(answers.map(({ body, answer }, i) => [i, body, answer] as const))("%i %s", async (_, body, answer) => {
    const { vm, first } = await testVm();
    const text = await first(program(body));
    expect(String(text).split("\n")).toEqual(answer);
    vm.close();
  });
});
