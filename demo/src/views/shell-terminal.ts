import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { LuaSkillsError } from "luaskills-wasm";
import { refreshDatabases } from "../state/databases.ts";
import { engine, runtime, runtimeRoot } from "../state/engine.ts";
import { files } from "../state/files.ts";
import { LineEditor } from "../state/line-editor.ts";

const red = (text: string) => `\x1b[31m${text}\x1b[0m`;

/** A terminal on the embedded shell: each line is one run over the runtime's files. Answers how to end it. */
export function openTerminal(place: HTMLElement, style: CSSStyleDeclaration): () => void {
  const terminal = new Terminal({
    convertEol: true,
    fontFamily: style.getPropertyValue("--mono"),
    fontSize: 13,
    screenReaderMode: true,
    theme: {
      background: style.getPropertyValue("--surface"),
      foreground: style.getPropertyValue("--text"),
      cursor: style.getPropertyValue("--accent"),
      selectionBackground: style.getPropertyValue("--selection"),
      red: style.getPropertyValue("--bad"),
      green: style.getPropertyValue("--good"),
    },
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(place);
  const resized = new ResizeObserver(() => fit.fit());
  resized.observe(place);

  let cwd = runtimeRoot;
  let running: AbortController | undefined;
  const waiting: string[] = [];
  const editor = new LineEditor(() => `\x1b[32m${cwd}\x1b[0m $ `);
  const prompt = () => terminal.write(editor.render());

  const run = async (command: string) => {
    terminal.write("\n");
    if (command.trim() !== "") {
      running = new AbortController();
      try {
        const { signal } = running;
        const result = await runtime().shell(command, { cwd, signal });
        cwd = result.cwd;
        terminal.write(result.stdout);
        terminal.write(red(result.stderr));
        await Promise.all([files.refresh(), refreshDatabases()]);
      } catch (thrown) {
        const { code, message } = LuaSkillsError.from(thrown);
        terminal.write(code === "aborted" ? "^C\n" : red(`${message}\n`));
      } finally {
        running = undefined;
      }
    }
    prompt();
    // What was typed meanwhile, up to the next line that runs.
    while (running === undefined && waiting.length > 0) type(waiting.shift() ?? "");
  };

  const type = (data: string): void => {
    if (data === "\x03") {
      waiting.length = 0;
      if (running) running.abort();
      else {
        terminal.write("^C\n");
        editor.clear();
        prompt();
      }
    } else if (running) waiting.push(data);
    else if (data === "\f") {
      terminal.clear();
      prompt();
    } else if (/[\r\n]/.test(data)) {
      const [first = "", ...rest] = data.split(/\r\n?|\n/);
      editor.insert(first);
      prompt();
      waiting.push(...rest.flatMap((line, i) => (i < rest.length - 1 ? [`${line}\r`] : line === "" ? [] : [line])));
      void run(editor.take());
    } else {
      if (!editor.key(data)) editor.insert(data.startsWith("\x1b") ? "" : data);
      prompt();
    }
  };

  const listening = terminal.onData(type);
  if (engine.value.kind === "ready")
    terminal.write("A shell over the files of this page: rg, sed, jq, tar, … (help)\n");
  prompt();
  terminal.focus();
  return () => {
    running?.abort();
    listening.dispose();
    resized.disconnect();
    terminal.dispose();
  };
}
