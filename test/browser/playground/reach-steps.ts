import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { noSideScroll, open, type PlaygroundStep, phone } from "./tools.ts";

/** Themes, small windows, the keyboard. */
export const reachSteps: readonly PlaygroundStep[] = [
  {
    name: "dark mode follows the system and can be chosen",
    dark: true,
    async run(tools) {
      const { page, shot } = tools;
      await open(tools, "#/table-bench/query");
      await page.getByRole("button", { name: "Fill in an example" }).click();
      await page.getByRole("button", { name: /^Run/ }).click();
      await page.locator(".markdown table").waitFor();
      await shot("wide dark result");
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const dark = await ground();
      await page.getByRole("button", { name: "Switch to the light theme" }).click();
      assert.notEqual(await ground(), dark);
      await page.reload();
      await page.getByRole("button", { name: "Switch to the dark theme" }).waitFor();
    },
  },
  {
    name: "a phone shows one place at a time and never scrolls sideways",
    viewport: phone,
    touch: true,
    async run(tools) {
      const { page, shot } = tools;
      await open(tools);
      await noSideScroll(page, "skills");
      await shot("phone skills");
      await page.getByRole("button", { name: "add", exact: true }).click();
      await page.getByRole("button", { name: "Fill in an example" }).click();
      await page.locator(".run-button").click();
      await page.locator(".markdown", { hasText: "Saved as" }).waitFor();
      await noSideScroll(page, "run");
      await shot("phone run");
      await page.getByRole("navigation", { name: "Places" }).getByRole("button", { name: "Edit" }).click();
      await page.locator(".cm-content").waitFor();
      await noSideScroll(page, "edit");
      await shot("phone edit");
      await page.getByRole("navigation", { name: "Places" }).getByRole("button", { name: "Files" }).click();
      await page.locator(".tree").waitFor();
      await noSideScroll(page, "files");
      await shot("phone files");
    },
  },
  {
    name: "a small phone and a tablet do not scroll sideways either",
    viewport: { width: 320, height: 640 },
    dark: true,
    async run(tools) {
      const { page, shot } = tools;
      await open(tools, "#/table-bench/query");
      for (const place of ["Run", "Edit", "Data", "Files", "Skills"]) {
        await page.getByRole("navigation", { name: "Places" }).getByRole("button", { name: place }).click();
        await noSideScroll(page, `${place} at 320 px`);
      }
      await shot("small phone dark skills");
      await page.setViewportSize({ width: 900, height: 1000 });
      await noSideScroll(page, "tablet");
      await shot("tablet dark");
    },
  },
  {
    name: "everything can be reached and done with the keyboard",
    async run(tools) {
      const { page } = tools;
      await open(tools, "#/notebook/add");
      await page.keyboard.press("Tab");
      assert.equal(await focused(page), "Skip to the editor");
      await tabTo(page, (name) => name === "search");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "search" }).waitFor();
      await tabTo(page, (name) => name === "query required");
      await page.keyboard.type("nothing");
      await page.keyboard.press("Control+Enter");
      await page.locator(".markdown", { hasText: "Nothing found" }).waitFor();
      await page.getByRole("tab", { name: "Run" }).focus();
      await page.keyboard.press("ArrowRight");
      await page.locator(".markdown", { hasText: /note/i }).waitFor();
      await page.locator(".cm-content").focus();
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement?.closest(".code-area") === null), true);
    },
  },
];

function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    const label = element?.id ? document.querySelector(`label[for="${element.id}"]`) : null;
    return (element?.getAttribute("aria-label") ?? label?.textContent ?? element?.textContent ?? "").trim();
  });
}

async function tabTo(page: Page, wanted: (name: string) => boolean): Promise<void> {
  for (let i = 0; i < 80; i += 1) {
    await page.keyboard.press("Tab");
    if (wanted(await focused(page))) return;
  }
  throw new Error(`80 presses of Tab did not get there; the focus is on "${await focused(page)}"`);
}
