import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { download, forgetAll, noSideScroll, open, type PlaygroundStep, phone } from "./tools.ts";

export const dataSteps: readonly PlaygroundStep[] = [
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
];
