/** What hurt people: edits destroyed unasked, a panel that could not be read. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { noSideScroll, open, type PlaygroundStep } from "./tools.ts";

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
    name: "what runs can be stopped from another entry, another tab of the panel and another place",
    async run(tools) {
      const { page } = tools;
      await open(tools, "#/text-stats/count");
      await write(page, loop);
      const text = page.locator("#field-text");
      const elsewhere = page.locator(".stop-elsewhere");
      const stopped = page.getByRole("alert").getByText("Stopped");
      await text.fill("loop");
      const places: Array<[go: () => Promise<void>, back: () => Promise<void>]> = [
        [
          () =>
            page
              .getByRole("button", { name: /Notebook/ })
              .first()
              .click(),
          () =>
            page
              .getByRole("button", { name: /Text statistics/ })
              .first()
              .click(),
        ],
        [() => page.getByRole("tab", { name: "Help" }).click(), () => page.getByRole("tab", { name: "Run" }).click()],
        [
          async () => {
            await page.setViewportSize({ width: 320, height: 256 });
            await page.getByRole("navigation", { name: "Places" }).getByRole("button", { name: "Files" }).click();
          },
          () => page.setViewportSize({ width: 1440, height: 900 }),
        ],
      ];
      for (const [go, back] of places) {
        await page.locator(".run-button").click();
        await page.locator(".running").waitFor();
        assert.equal(await elsewhere.isVisible(), false, "the form has a button of its own");
        await go();
        await elsewhere.click();
        await back();
        await stopped.waitFor();
      }
    },
  },
  {
    name: "at 400 % zoom every place has height, and an entry can be filled in, run and read",
    viewport: { width: 320, height: 256 },
    async run(tools) {
      const { page, shot } = tools;
      await open(tools, "#/notebook/add");
      const go = (place: string) =>
        page.getByRole("navigation", { name: "Places" }).getByRole("button", { name: place }).click();
      for (const [place, part] of [
        ["Edit", ".code-area"],
        ["Data", ".card.data"],
        ["Terminal", ".panel, .card"],
        ["Run", ".panel-body"],
      ] as const) {
        await go(place);
        const box = await page.locator(part).filter({ visible: true }).first().boundingBox();
        assert.ok(box && box.height >= 200, `${place} is ${box?.height} px high`);
        await noSideScroll(page, `${place} at 400 %`);
        assert.equal(await page.evaluate(() => scrollY), 0, `${place} does not begin at its top`);
      }
      await page.getByRole("button", { name: "Fill in an example" }).click();
      await page.locator(".run-button").click();
      const result = page.locator(".markdown", { hasText: "Saved as" });
      await result.waitFor();
      await page.waitForFunction(() => {
        const box = document.querySelector(".outcome")?.getBoundingClientRect();
        return box && box.top < innerHeight && box.bottom > 0;
      });
      await shot("zoomed light run");
    },
  },
  {
    name: "neither a first visit nor a reload waits for SQLite before the skills can be seen",
    async run(tools) {
      const { page } = tools;
      const held: Array<() => void> = [];
      const release = async () => {
        while (held.length === 0) await page.waitForTimeout(50);
        for (const each of held.splice(0)) each();
      };
      await page.context().route(/sqlite3-.*\.wasm$/, async (route) => {
        await new Promise<void>((resolve) => held.push(resolve));
        await route.continue();
      });
      await page.goto(`${tools.url}#/notebook/add`);
      await page.getByRole("button", { name: "Fill in an example" }).waitFor();
      await release();
      await page
        .getByRole("button", { name: /Text statistics/ })
        .first()
        .waitFor();
      await page.reload();
      await page.getByRole("button", { name: "Fill in an example" }).click();
      await page.locator(".run-button").click();
      await page.locator(".markdown", { hasText: "Saved as" }).waitFor();
      assert.equal(held.length, 0, "SQLite was fetched although nothing used a database");
      await page
        .getByRole("button", { name: /Recall/ })
        .first()
        .click();
      await page.getByRole("button", { name: "list", exact: true }).click();
      await page.locator(".run-button").click();
      await release();
      await page.locator(".markdown").waitFor();
    },
  },
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
