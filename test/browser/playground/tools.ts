import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";

export interface PlaygroundTools {
  readonly page: Page;
  readonly url: string;
  /** A screenshot into .cache/screenshots. */
  shot(name: string): Promise<void>;
}

export interface PlaygroundStep {
  readonly name: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly dark?: boolean;
  readonly touch?: boolean;
  /** Browsers log requests that fail as errors; a step about failures expects some. */
  readonly mayLogErrors?: boolean;
  run(tools: PlaygroundTools): Promise<void>;
}

export const phone = { width: 390, height: 844 };

export async function open({ page, url }: PlaygroundTools, hash = ""): Promise<void> {
  await page.goto(`${url}${hash}`);
  for (const sample of [/Notebook/, /Text statistics/]) {
    await page.getByRole("button", { name: sample }).first().waitFor();
  }
}

export async function addNote(page: Page, title: string, text: string): Promise<void> {
  await page.locator("#field-title").fill(title);
  await page.locator("#field-text").fill(text);
  await page.getByRole("button", { name: /^Run/ }).click();
  await page.locator(".markdown", { hasText: "Saved as" }).waitFor();
}

/** Neither the page nor a button in it is wider than the window. */
export async function noSideScroll(page: Page, where: string): Promise<void> {
  const { scroll, width, cut } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    width: innerWidth,
    cut: [...document.querySelectorAll(".button, .icon-button")]
      .filter((button) => !button.closest(".data-table") && button.getBoundingClientRect().right > innerWidth)
      .map((button) => button.textContent || button.getAttribute("aria-label")),
  }));
  assert.ok(scroll <= width, `${where}: the page is ${scroll} px wide in a window of ${width} px`);
  assert.deepEqual(cut, [], `${where}: buttons are cut off`);
}

/** Replaces the editor's text as a person would: select all, type. */
export async function retype(page: Page, text: string): Promise<void> {
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(text);
}

/** What a click on Export downloads. */
export async function download(page: Page, name: string): Promise<Buffer> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export" }).click(),
  ]);
  assert.equal(file.suggestedFilename(), name);
  return readFile(await file.path());
}

/** By the skill's own entry, in the form beside the data. */
export async function forgetAll(page: Page): Promise<void> {
  await page.getByRole("button", { name: "forget", exact: true }).click();
  for (let id = 1; id <= 6; id += 1) {
    await page.locator("#field-id").fill(String(id));
    await page.getByRole("button", { name: /^Run/ }).last().click();
    await page.locator(".markdown", { hasText: `Forgot memory ${id}` }).waitFor();
  }
}
