import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const ensure = (call: string, env: Record<string, string>) =>
  spawnSync(
    process.execPath,
    ["--input-type=module", "-e", `import * as e from "./scripts/ensure.mjs"; e.${call}();`],
    {
      encoding: "utf8",
      env,
    },
  );

test("without a package manager the missing browsers are named, with the variables that help", () => {
  const { status, stderr } = ensure("ensureBrowsers", { PATH: "/nonexistent", CHROMIUM: "/opt/chromium" });
  expect(status).not.toBe(0);
  expect(stderr).toMatch(/missing: firefox-esr, webkit2gtk-driver, xvfb .*FIREFOX, WEBKIT_DRIVER, XVFB/s);
});

test("nothing is done when everything is there", () => {
  const { status, stdout } = ensure("ensurePackages", { PATH: "/nonexistent" });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
});
