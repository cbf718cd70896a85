/** The editor as a person uses it: every character is a real key press, as fast as the page takes them. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { open, type PlaygroundStep } from "./tools.ts";

const typed = 'return function(args) return "typed fast: " .. tostring(args.title) .. string.rep("!", 40) end';

/** What the editor brings along while it is typed (closing brackets and quotes) is typed over. */
async function typeOver(page: Page, text: string): Promise<void> {
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  for (const key of text) await page.keyboard.press(key === " " ? "Space" : key);
}

const textOf = (page: Page) => page.locator(".cm-content").evaluate((element) => element.textContent);

export const editorSteps: readonly PlaygroundStep[] = [
  ...[1, 4, 6].map(
    (slower): PlaygroundStep => ({
      name: `keys typed without a pause stay as they were typed, the processor ${slower} times slower`,
      async run(tools) {
        const { page } = tools;
        await open(tools, "#/notebook/add");
        await page.locator(".cm-content", { hasText: "return" }).waitFor();
        const session = await page.context().newCDPSession(page);
        await session.send("Emulation.setCPUThrottlingRate", { rate: slower });
        await typeOver(page, typed);
        assert.equal(await textOf(page), typed);
        await session.send("Emulation.setCPUThrottlingRate", { rate: 1 });
        await page.keyboard.press("Control+s");
        await page.getByText("Saved add.lua").waitFor();
        assert.equal(await textOf(page), typed);
      },
    }),
  ),
  {
    name: "Ctrl+Enter in the editor runs what is on the screen, and a reload keeps what was not saved",
    async run(tools) {
      const { page } = tools;
      await open(tools, "#/notebook/add");
      await page.locator("#field-title").fill("A");
      await page.locator("#field-text").fill("B");
      await typeOver(page, typed);
      await page.keyboard.press("Control+Enter");
      await page.getByText("typed fast: A!!!!").first().waitFor();
      assert.equal(await textOf(page), typed);
      await page.keyboard.press("x");
      await page.getByText("Not saved").waitFor();
      await page.reload();
      await open(tools, "#/notebook/add");
      await page.locator(".cm-content", { hasText: `${typed}x` }).waitFor();
      await page.getByRole("button", { name: "Revert" }).click();
      await page.getByText("Saved", { exact: true }).waitFor();
      assert.equal(await textOf(page), typed);
    },
  },
  {
    name: "a new skill is made, runs, gets a file, and its zip can be added again",
    async run(tools) {
      const { page } = tools;
      await open(tools);
      await page.getByRole("button", { name: "Add a skill" }).click();
      await page.getByRole("button", { name: "New skill" }).click();
      await page.locator(".cm-content", { hasText: "Hello, " }).waitFor();
      await page.getByRole("button", { name: /^Run/ }).click();
      await page.getByText("Hello, world!").first().waitFor();
      await page.getByRole("button", { name: "New file" }).click();
      await page.locator(".file-tabs").getByRole("button", { name: "new.lua" }).waitFor();
      await page.getByRole("button", { name: "Actions for my-skill" }).click();
      const [saved] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("menuitem", { name: "Download as zip" }).click(),
      ]);
      const zip = await readFile(await saved.path());
      await page.getByRole("button", { name: "Actions for my-skill" }).click();
      await page.getByRole("menuitem", { name: "Remove" }).click();
      await page.getByText("my-skill was removed").waitFor();
      await page.getByRole("button", { name: "Add a skill" }).click();
      await page
        .locator('input[type="file"]')
        .setInputFiles({ name: "my-skill.zip", mimeType: "application/zip", buffer: zip });
      await page.getByText("my-skill is installed").waitFor();
      await page.getByRole("button", { name: /^Run/ }).click();
      await page.getByText("Hello, world!").first().waitFor();
    },
  },
  {
    name: "a large result is shown in parts, and the page stays at hand",
    async run(tools) {
      const { page } = tools;
      await open(tools, "#/notebook/add");
      await page.locator("#field-title").fill("A");
      await page.locator("#field-text").fill("B");
      await typeOver(page, 'return function() return string.rep("a line of a result ", 25000) end');
      await page.keyboard.press("Control+Enter");
      await page.getByText(/of 4\d\d.* are shown/).waitFor();
      const shown = await page.locator(".outcome").evaluate((element) => element.textContent?.length ?? 0);
      assert.ok(shown < 70_000, `${shown} characters are in the page`);
      await page.getByRole("button", { name: "Show more" }).click();
      await page.waitForFunction(() => (document.querySelector(".outcome")?.textContent?.length ?? 0) > 100_000);
    },
  },
];
