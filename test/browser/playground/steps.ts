import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { addNote, open, type PlaygroundStep, retype } from "./tools.ts";

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
