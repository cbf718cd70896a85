import assert from "node:assert/strict";
import { BridgeServer } from "../../../src/bridge/server.ts";
import type { PlaygroundStep, PlaygroundTools } from "./tools.ts";

async function openTerminal({ page, url }: PlaygroundTools): Promise<void> {
  await page.goto(url);
  await page.locator(".segmented").getByRole("button", { name: "Terminal" }).click();
}

/** What the terminal shows, as a screen reader gets it. */
const screen = (text: string) => `.xterm-accessibility:has-text("${text}")`;

export const terminalSteps: readonly PlaygroundStep[] = [
  {
    name: "the terminal runs a shell over the page's files, with history, errors and Ctrl+C",
    async run(tools) {
      const { page, shot } = tools;
      await openTerminal(tools);
      await page.locator(screen("/runtime $")).waitFor();
      await page.keyboard.type("mkdir -p work && cd work && printf 'milk\\nbread\\n' > list.txt");
      await page.keyboard.press("Enter");
      await page.locator(screen("/runtime/work $")).waitFor();
      await page.keyboard.type("grep -n bread list.tx");
      await page.keyboard.type("t | tr a-z A-ZX");
      await page.keyboard.press("Backspace");
      await page.keyboard.press("Enter");
      await page.locator(screen("2:BREAD")).waitFor();
      await page.keyboard.type("cat nothing");
      await page.keyboard.press("Enter");
      await page.locator(screen("No such file")).waitFor();
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("Control+C");
      await page.keyboard.type("while true; do :; done");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Control+C");
      await page.keyboard.type("echo and $((40 + 2)) after");
      await page.keyboard.press("Enter");
      await page.locator(screen("and 42 after")).waitFor();
      await shot("wide light terminal");
      await page.locator(".segmented").getByRole("button", { name: "Files" }).click();
      await page.locator(".tree").getByRole("button", { name: "work", exact: true }).waitFor();
    },
  },
  {
    name: "the bridge panel pairs, says what is allowed, lists what is done, and forgets",
    mayLogErrors: true,
    async run(tools) {
      const { page, url, shot } = tools;
      const codes: string[] = [];
      const bridge = await BridgeServer.start({
        port: 0,
        origins: [new URL(url).origin],
        programs: [{ name: "echo" }],
        onPairingCode: (code) => codes.push(code),
      });
      try {
        await openTerminal(tools);
        await page.getByRole("tab", { name: "Bridge" }).click();
        await page.locator("#bridge-url").fill(bridge.url);
        await page.getByLabel("Pairing code").fill("AAAA-AAAA");
        await page.getByRole("button", { name: "Pair" }).click();
        await page.locator(".notice", { hasText: "not the pairing code" }).waitFor();
        await page.getByLabel("Pairing code").fill(codes.at(-1) ?? "");
        await page.getByRole("button", { name: "Pair" }).click();
        await page.getByRole("status").getByText("Connected").waitFor();
        assert.match((await page.locator(".bridge-allowed").textContent()) ?? "", /Programsecho/);
        await page.locator(".segmented").getByRole("button", { name: "Code" }).click();
        await page.locator(".cm-content").click();
        await page.keyboard.press("Control+A");
        await page.keyboard.insertText(
          'return function() return vulcan.process.exec({ program = "echo", args = { "on the machine" } }).stdout end',
        );
        await page.keyboard.press("Control+s");
        await page.getByText("Saved add.lua").waitFor();
        await page.getByRole("button", { name: "Fill in an example" }).click();
        await page.getByRole("button", { name: /^Run/ }).click();
        await page.locator(".markdown", { hasText: "on the machine" }).waitFor();
        await page.locator(".segmented").getByRole("button", { name: "Terminal" }).click();
        await page.locator(".log-line", { hasText: "on the machine" }).waitFor();
        await shot("wide light bridge");
        await bridge.close();
        await page.getByRole("status").getByText("Not connected").waitFor();
        await page.getByRole("button", { name: "Forget this bridge" }).click();
        await page.getByLabel("Pairing code").waitFor();
      } finally {
        await bridge.close();
      }
    },
  },
];
