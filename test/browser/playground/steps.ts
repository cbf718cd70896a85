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

const phone = { width: 390, height: 844 };

export async function open({ page, url }: PlaygroundTools, hash = ""): Promise<void> {
  await page.goto(`${url}${hash}`);
  for (const sample of [/Notebook/, /Text statistics/]) {
    await page.getByRole("button", { name: sample }).first().waitFor();
  }
}

async function addNote(page: Page, title: string, text: string): Promise<void> {
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
async function retype(page: Page, text: string): Promise<void> {
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(text);
}

/** What a click on Export downloads. */
async function download(page: Page, name: string): Promise<Buffer> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export" }).click(),
  ]);
  assert.equal(file.suggestedFilename(), name);
  return readFile(await file.path());
}

/** By the skill's own entry, in the form beside the data. */
async function forgetAll(page: Page): Promise<void> {
  await page.getByRole("button", { name: "forget", exact: true }).click();
  for (let id = 1; id <= 6; id += 1) {
    await page.locator("#field-id").fill(String(id));
    await page.getByRole("button", { name: /^Run/ }).last().click();
    await page.locator(".markdown", { hasText: `Forgot memory ${id}` }).waitFor();
  }
}

export const steps: readonly PlaygroundStep[] = [
  {
    name: "runs an entry with a form made from its schema, and shows log and files",
    async run(tools) {
      const { page, shot } = tools;
      await open(tools);
      await page.getByRole("button", { name: "add", exact: true }).click();
      await addNote(page, "Groceries", "Milk and bread #home");
      assert.match((await page.locator(".markdown").textContent()) ?? "", /groceries/);
      await page.getByRole("button", { name: /^Log/ }).click();
      await page.locator(".log-line", { hasText: "wrote note groceries" }).waitFor();
      await page.locator(".segmented").getByRole("button", { name: "Files" }).click();
      for (const folder of ["data", "notebook"]) {
        await page.locator(".tree").getByRole("button", { name: folder, exact: true }).last().click();
      }
      await page
        .locator(".tree")
        .getByRole("button", { name: /^groceries\.md/ })
        .click();
      await page.locator(".cm-content", { hasText: "Milk and bread" }).waitFor();
      await shot("wide light files and log");
    },
  },
  {
    name: "says what is missing in a form",
    async run(tools) {
      const { page, shot } = tools;
      await open(tools, "#/notebook/add");
      await page.getByRole("button", { name: /^Run/ }).click();
      assert.equal(await page.getByText("Fill this in").count(), 2);
      await page.getByRole("button", { name: "Fill in an example" }).click();
      assert.equal(await page.getByText("Fill this in").count(), 0);
      await shot("wide light form");
    },
  },
  {
    name: "an edited skill runs as edited, and both code and data are there after a reload",
    async run(tools) {
      const { page, shot } = tools;
      await open(tools, "#/notebook/add");
      await addNote(page, "Kept", "still here after a reload");
      await retype(page, 'return function(args) return "edited: " .. args.title end');
      await page.keyboard.press("Control+s");
      await page.getByText("Saved add.lua").waitFor();
      await page.getByRole("button", { name: /^Run/ }).click();
      await page.getByText("edited: Kept").waitFor();
      await page.reload();
      await open(tools, "#/notebook/add");
      await page.locator(".cm-content", { hasText: "edited:" }).waitFor();
      await page.getByRole("button", { name: "list", exact: true }).click();
      await page.getByRole("button", { name: /^Run/ }).click();
      await page.locator(".markdown", { hasText: "Kept" }).waitFor();
      await shot("wide light after reload");
    },
  },
  {
    name: "a Lua error shows its traceback, and a click leads to the line",
    async run(tools) {
      const { page, shot } = tools;
      await open(tools, "#/text-stats/count");
      await retype(
        page,
        'local function deep(args)\n  local count = nil\n  return count + #args.text\nend\n\nreturn function(args)\n  return "n: " .. deep(args)\nend\n',
      );
      await page.keyboard.press("Control+s");
      await page.getByText("Saved count.lua").waitFor();
      await page.locator("#field-text").fill("words");
      await page.getByRole("button", { name: /^Run/ }).click();
      const alert = page.getByRole("alert");
      await alert.getByText("Lua error").waitFor();
      assert.match((await alert.textContent()) ?? "", /arithmetic on local 'count' \(a nil value\)/);
      await shot("wide light lua error");
      await alert.locator(".trace .link").first().click();
      await page.waitForFunction(() => getSelection()?.toString().includes("return count + #args.text"));
    },
  },
  {
    name: "broken YAML keeps the skill out, says where it is wrong, and a fix brings it back",
    async run(tools) {
      const { page, shot } = tools;
      await open(tools, "#/table-bench/query");
      await page.locator(".file-tabs").getByRole("button", { name: "skill.yaml" }).click();
      await page.locator(".cm-content").click();
      await page.keyboard.press("Control+End");
      await page.keyboard.insertText("\nbroken: [\n");
      await page.keyboard.press("Control+s");
      await page.locator(".problem-strip").waitFor();
      assert.match((await page.locator(".problem-strip").textContent()) ?? "", /skill\.yaml/);
      await shot("wide light broken yaml");
      await page.keyboard.press("Control+z");
      await page.keyboard.press("Control+s");
      await page.locator(".problem-strip").waitFor({ state: "detached" });
      await page.getByRole("button", { name: "query", exact: true }).waitFor();
    },
  },
  {
    name: "an endless loop can be stopped, and the next call works",
    async run(tools) {
      const { page } = tools;
      await open(tools, "#/text-stats/count");
      await retype(page, 'return function(args) if args.text == "loop" then while true do end end return "fine" end');
      await page.keyboard.press("Control+s");
      await page.getByText("Saved count.lua").waitFor();
      const text = page.locator("#field-text");
      await text.fill("loop");
      await page.getByRole("button", { name: /^Run/ }).click();
      await page.getByRole("button", { name: "Stop" }).click();
      await page.getByRole("alert").getByText("Stopped").waitFor();
      await text.fill("go");
      await page.getByRole("button", { name: /^Run/ }).click();
      await page.locator(".markdown", { hasText: "fine" }).waitFor();
    },
  },
  {
    name: "skills can be removed, reset, switched off and on, and described",
    async run(tools) {
      const { page, shot } = tools;
      await open(tools, "#/text-stats/count");
      await page.getByRole("button", { name: "Actions for Text statistics" }).click();
      await shot("wide light skill menu");
      await page.getByRole("menuitem", { name: "Help" }).click();
      await page.getByLabel("Page").selectOption("keywords");
      await page.locator(".markdown", { hasText: "Filler words" }).waitFor();
      await shot("wide light help");
      await page.getByRole("button", { name: "Actions for Text statistics" }).click();
      await page.getByRole("menuitem", { name: "Switch off" }).click();
      await page.getByText("Text statistics is off").waitFor();
      await page.getByRole("button", { name: "Actions for Text statistics" }).click();
      await page.getByRole("menuitem", { name: "Switch on" }).click();
      await page.getByText("Text statistics is on").waitFor();
      await page.getByRole("button", { name: "Actions for Text statistics" }).click();
      await page.getByRole("menuitem", { name: "Remove" }).click();
      await page.getByText("Text statistics was removed").waitFor();
      await page.getByRole("button", { name: "Add a skill" }).click();
      await shot("wide light add dialog");
      await page.getByRole("button", { name: "Add", exact: true }).click();
      await page.getByText("Text statistics is installed").waitFor();
    },
  },
  {
    name: "a package can be dropped as a zip or named by its address, and a broken one says why",
    async run(tools) {
      const { page, url, shot } = tools;
      await open(tools, "#/text-stats/count");
      await page.getByRole("button", { name: "Actions for Table workbench" }).click();
      await page.getByRole("menuitem", { name: "Remove" }).click();
      await page.getByText("Table workbench was removed").waitFor();
      await page.getByRole("button", { name: "Add a skill" }).click();
      const file = { name: "bad.zip", mimeType: "application/zip", buffer: Buffer.from("not a zip") };
      await page.locator('input[type="file"]').setInputFiles(file);
      await page.getByRole("dialog").getByRole("alert").waitFor();
      await shot("wide light broken package");
      const zip = await readFile("public/skills/table-bench-v1.0.0-skill.zip");
      await page.locator('input[type="file"]').setInputFiles({ ...file, name: "good.zip", buffer: zip });
      await page.getByText("Table workbench is installed").waitFor();
      await page.getByRole("button", { name: "Add a skill" }).click();
      await page.getByLabel("Address of a package").fill(`${url}skills/table-bench-v1.0.0-skill.zip`);
      await page.getByRole("button", { name: "Install", exact: true }).click();
      await page.locator(".notice", { hasText: "already on version 1.0.0" }).waitFor();
    },
  },
  {
    name: "databases: rows, queries, errors, likeness, export, import, and all of it after a reload",
    async run(tools) {
      const { page, shot } = tools;
      await open(tools, "#/recall/remember");
      await page.getByRole("button", { name: "Fill in an example" }).click();
      await page.getByRole("button", { name: /^Run/ }).click();
      await page.locator(".markdown", { hasText: "Remembered 6 memories" }).waitFor();
      await page.locator(".segmented").getByRole("button", { name: "Data" }).click();

      const rows = page.locator(".data-table tbody tr");
      await page
        .locator(".chips")
        .getByRole("button", { name: /^memories/ })
        .click();
      await rows.nth(5).waitFor();
      assert.equal(await rows.count(), 6);
      await shot("wide light data sqlite");
      const sql = page.getByLabel("SQL query");
      await sql.fill("SELECT id, content FROM memory_words\nWHERE memory_words MATCH 'rye'");
      await sql.press("Control+Enter");
      await page.locator(".rows-facts", { hasText: "2 rows" }).waitFor();
      await sql.fill("SELECT id,\n  nowhere FROM memories");
      await sql.press("Control+Enter");
      const alert = page.getByRole("alert");
      await alert.getByText("no such column: nowhere").waitFor();
      assert.equal(await alert.locator(".trace").textContent(), "  nowhere FROM memories\n  ^");
      await shot("wide light data error");
      await sql.fill("DELETE FROM memories");
      await sql.press("Control+Enter");
      await alert.getByText("This pane only reads").waitFor();
      await sql.fill("SELECT count(*) FROM memories");
      await sql.press("Control+Enter");
      await page.locator(".data-table td", { hasText: /^6$/ }).waitFor();

      const database = page.getByLabel("Database");
      await database.selectOption({ label: "Recall · Vectors" });
      await page.locator(".rows-facts", { hasText: "6 of 6 rows" }).waitFor();
      await shot("wide light data vectors");
      await page.getByRole("button", { name: "Similar to row 1" }).click();
      await page.locator(".rows-facts", { hasText: "nearest 6 of 6" }).waitFor();
      assert.equal(await rows.first().locator("td").nth(1).textContent(), "0");
      await page.getByLabel("Nearest").fill("2");
      await page.getByLabel("Filter").fill("text LIKE '%train%'");
      await page.getByLabel("Filter").press("Control+Enter");
      await page.locator(".rows-facts", { hasText: "nearest 2 of 2" }).waitFor();
      await shot("wide light data similar");
      await page.getByLabel("Vector as JSON").fill("[1, 2");
      await page.getByLabel("Vector as JSON").press("Control+Enter");
      await alert.getByText("The vector is not JSON").waitFor();
      await page.getByRole("button", { name: "All rows" }).click();
      await page.getByLabel("Filter").fill("");
      await page.getByRole("button", { name: /^Show rows/ }).click();
      await page.locator(".rows-facts", { hasText: "6 of 6 rows" }).waitFor();
      const archive = await download(page, "recall-vectors.zip");

      await database.selectOption({ label: "Recall · SQLite" });
      const file = await download(page, "recall.sqlite3");
      assert.equal(file.subarray(0, 15).toString(), "SQLite format 3");
      await forgetAll(page);
      await page.locator(".data-table td", { hasText: /^0$/ }).waitFor();
      const chooser = page.locator('.data input[type="file"]');
      await chooser.setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no database") });
      await alert.getByText("these 11 bytes are no SQLite database").waitFor();
      await shot("wide light data import refused");
      await chooser.setInputFiles({ name: "recall.sqlite3", mimeType: "application/octet-stream", buffer: file });
      await page.getByText("recall.sqlite3 is imported").waitFor();
      await page.locator(".data-table td", { hasText: /^6$/ }).waitFor();
      await database.selectOption({ label: "Recall · Vectors" });
      await page.locator(".rows-facts", { hasText: "0 of 0 rows" }).waitFor();
      await chooser.setInputFiles({ name: "recall-vectors.zip", mimeType: "application/zip", buffer: archive });
      await page.locator(".rows-facts", { hasText: "6 of 6 rows" }).waitFor();

      await page.reload();
      await page.getByRole("button", { name: "Actions for Recall" }).click();
      await page.getByRole("menuitem", { name: "Data" }).click();
      await database.selectOption({ label: "Recall · Vectors" });
      await page.locator(".rows-facts", { hasText: "6 of 6 rows" }).waitFor();
      await page.getByRole("button", { name: "Actions for Recall" }).click();
      await page.getByRole("menuitem", { name: "Remove" }).click();
      await page.locator(".notice", { hasText: "Recall was removed" }).waitFor();
      await page.getByText("No loaded skill uses it").waitFor();
      await page.locator(".rows-facts", { hasText: "6 of 6 rows" }).waitFor();
      await shot("wide light data kept");
      await page.getByRole("button", { name: "Delete it" }).click();
      await page.locator(".data select option", { hasText: "Vectors" }).waitFor({ state: "detached" });
    },
  },
  {
    name: "the data of a skill on a phone, in the dark",
    viewport: phone,
    touch: true,
    dark: true,
    async run(tools) {
      const { page, shot } = tools;
      await open(tools, "#/recall/remember");
      const places = page.getByRole("navigation", { name: "Places" });
      await places.getByRole("button", { name: "Run" }).click();
      await page.getByRole("button", { name: "Fill in an example" }).click();
      await page.locator(".run-button").click();
      await page.locator(".markdown", { hasText: "Remembered 6 memories" }).waitFor();
      await places.getByRole("button", { name: "Data" }).click();
      await page.locator(".data-table tbody tr").nth(5).waitFor();
      await noSideScroll(page, "the SQL pane");
      await shot("phone dark data sqlite");
      await page.getByLabel("Database").selectOption({ label: "Recall · Vectors" });
      await page.getByRole("button", { name: "Similar to row 1" }).click();
      await page.locator(".rows-facts", { hasText: "nearest 6 of 6" }).waitFor();
      await noSideScroll(page, "the vector pane");
      await shot("phone dark data vectors");
      await page.setViewportSize({ width: 1440, height: 900 });
      await shot("wide dark data vectors");
      await page.getByLabel("Database").selectOption({ label: "Recall · SQLite" });
      await page.locator(".data-table tbody tr").nth(5).waitFor();
      await shot("wide dark data sqlite");
      await page.setViewportSize({ width: 900, height: 1000 });
      await noSideScroll(page, "the data of a tablet");
      await shot("tablet dark data");
    },
  },
  {
    name: "everything can be checked, saved as one file and restored, and a second tab works on the same files",
    async run(tools) {
      const { page } = tools;
      await open(tools, "#/notebook/add");
      await page.getByLabel("What the side shows").getByRole("button", { name: "Files" }).click();
      await page.getByRole("button", { name: "Check what is stored" }).click();
      await page.locator(".notice", { hasText: "All is well" }).waitFor();
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Download a backup of everything" }).click(),
      ]);
      assert.equal(file.suggestedFilename(), "luaskills-backup.zip");
      const backup = { name: "backup.zip", mimeType: "application/zip", buffer: await readFile(await file.path()) };

      const second = await page.context().newPage();
      second.on("dialog", (dialog) => void dialog.accept());
      await second.goto(page.url());
      await second.getByRole("button", { name: "Actions for Notebook" }).click();
      await second.getByRole("menuitem", { name: "Remove" }).click();
      await second.locator(".notice", { hasText: "Notebook was removed" }).waitFor();
      await second.close();

      const chooser = page.getByLabel("A backup to restore");
      await chooser.setInputFiles({ ...backup, buffer: Buffer.from("no zip") });
      await page.locator(".notice.bad").waitFor();
      await chooser.setInputFiles(backup);
      await page.locator(".notice", { hasText: "The backup is restored" }).waitFor();
      await page.reload();
      await page.getByRole("button", { name: "Actions for Notebook" }).waitFor();
    },
  },
  {
    name: "values of vulcan.config can be set, changed and deleted",
    async run(tools) {
      const { page } = tools;
      await open(tools, "#/notebook/add");
      await page.getByRole("tab", { name: "Settings" }).click();
      await page.getByLabel("New key").fill("greeting");
      await page.getByLabel("New value").fill("hello");
      await page.getByLabel("New value").press("Enter");
      await page.getByLabel("greeting", { exact: true }).waitFor();
      await page.getByRole("button", { name: "Delete greeting" }).click();
      await page.getByText("Nothing is set.").waitFor();
    },
  },
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
  {
    name: "a missing worker is reported with its cause",
    mayLogErrors: true,
    async run({ page, url, shot }) {
      await page.context().route(/worker-.*\.js$/, (route) => route.fulfill({ status: 404, body: "gone" }));
      await page.goto(url);
      await page.getByRole("heading", { name: "The engine did not load" }).waitFor();
      assert.match((await page.getByRole("alert").textContent()) ?? "", /404/);
      await shot("wide light missing worker");
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
