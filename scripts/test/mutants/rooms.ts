/**
 * Where mutation testing looks, and the tests that are to notice.
 * @module
 */

export interface MutantRoom {
  /** Globs of the code that is changed. */
  readonly mutate: readonly string[];
  /** Globs of the tests that run against it. */
  readonly tests: readonly string[];
}

const noTests = ["!src/**/*.test.ts", "!src/**/*.property.ts"];

export const mutantRooms: Readonly<Record<string, MutantRoom>> = {
  guard: {
    mutate: ["src/lua/guard/*.ts", ...noTests],
    tests: [
      "src/lua/guard/*.test.ts",
      "src/lua/vm.test.ts",
      "src/lua/waiting/*.test.ts",
      "test/security/attacks.test.ts",
    ],
  },
  policy: { mutate: ["src/policy/**/*.ts", ...noTests], tests: ["src/policy/**/*.test.ts"] },
  net: { mutate: ["src/net/**/*.ts", ...noTests], tests: ["src/net/**/*.test.ts"] },
  vfs: { mutate: ["src/vfs/**/*.ts", ...noTests], tests: ["src/vfs/**/*.test.ts"] },
  wire: {
    mutate: ["src/wire/**/*.ts", ...noTests],
    tests: [
      "src/wire/**/*.test.ts",
      "src/client/**/*.test.ts",
      "src/engine/endpoint.test.ts",
      "src/platforms/page/worker-link.test.ts",
    ],
  },
  lifecycle: {
    mutate: ["src/skills/lifecycle/**/*.ts", ...noTests],
    tests: ["src/skills/lifecycle/**/*.test.ts"],
  },
};
