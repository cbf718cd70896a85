/** What hurt people: edits destroyed unasked, a panel that could not be read. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { open, type PlaygroundStep } from "./steps.ts";

const loop = 'return function(args) if args.text == "loop" then while true do end end return "fine" end';

async function write(page: Page, text: string): Promise<void> {
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
}

/** WCAG's contrast of an element's text with the first background behind it that is not transparent. */
const contrast = (page: Page, selector: string): Promise<number[]> =>
  page.locator(selector).evaluateAll((elements) => {
    const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
    const light = (color: string) => {
      const [r = 0, g = 0, b = 0] = channels(color).map((each) => {
        const part = each / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (from: Element): string => {
      for (let at: Element | null = from; at !== null; at = at.parentElement) {
        const color = getComputedStyle(at).backgroundColor;
        if ((channels(color)[3] ?? 1) > 0.5) return color;
      }
      return "rgb(255, 255, 255)";
    };
    return elements.map((element) => {
      const [a, b] = [light(getComputedStyle(element).color), light(behind(element))].sort((x, y) => y - x);
      return ((a ?? 0) + 0.05) / ((b ?? 0) + 0.05);
    });
  });

export const careSteps: readonly PlaygroundStep[] = [
  {
    name: "a reset asks before it destroys what was saved",
    async run(tools) {
      const { page } = tools;
      await open(tools, "#/text-stats/count");
      await write(page, loop);
      await page.keyboard.press("Control+s");
      await page.getByText("Saved count.lua").waitFor();
      page.removeAllListeners("dialog");
      const reset = async (answer: "dismiss" | "accept") => {
        await page.getByRole("button", { name: "Actions for Text statistics" }).click();
        const [message] = await Promise.all([
          page.waitForEvent("dialog").then(async (dialog) => {
            await dialog[answer]();
            return dialog.message();
          }),
          page.getByRole("menuitem", { name: "Reset to the sample" }).click(),
        ]);
        return message;
      };
      assert.match(await reset("dismiss"), /Text statistics/);
      assert.equal(await page.locator(".cm-content").evaluate((element) => element.textContent), loop);
      await reset("accept");
      await page.getByText("Text statistics is as it was").waitFor();
      await page.waitForFunction((old) => document.querySelector(".cm-content")?.textContent !== old, loop);
    },
  },
  {
    name: "the find panel can be read in the dark",
    dark: true,
    async run(tools) {
      const { page, shot } = tools;
      await open(tools, "#/notebook/add");
      await page.locator(".cm-content").click();
      await page.keyboard.press("Control+f");
      await page.locator(".cm-search").waitFor();
      await shot("wide dark find");
      for (const part of ["input[name=search]", "button[name=next]", "button[name=close]", "label"]) {
        const found = await contrast(page, `.cm-search ${part}`);
        assert.ok(found.length > 0, `the panel has no ${part}`);
        assert.ok(Math.min(...found) >= 4.5, `${part} has a contrast of ${Math.min(...found).toFixed(1)}`);
      }
    },
  },
];
