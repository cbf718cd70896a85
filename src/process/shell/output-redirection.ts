/**
 * Sends what a script's commands write to files, command by command. The shell itself keeps output as text and hands it
 * over at the very end: bytes that are no UTF-8 would be lost in it, and everything when the run is ended.
 *
 * Only what is not piped, substituted or redirected in the script is: the last command of a pipeline of the script itself
 * and of the bodies of its loops and conditions. Functions may be called from anywhere; their calls are redirected.
 * @module
 */
import type { Bash } from "just-bash/browser";
import { streamFiles } from "./captured-output.ts";
import { type Command, parseStatements, type Redirection, type Script, type Statement } from "./syntax.ts";

/** They end or change the shell: a redirection would make them something else, and they write nothing. */
const untouched = new Set(["exec", "exit", "break", "continue", "return"]);

/** Redirects the script that is transformed next, and no other: what `bash -c` in it runs may be part of a pipe. */
export function redirectOutput(bash: Bash): void {
  const [prepared] = parseStatements(bash, `true >> ${streamFiles.stdout} 2>> ${streamFiles.stderr}`);
  const command = prepared?.pipelines[0]?.commands[0];
  const [stdout, stderr] = command?.type === "SimpleCommand" ? command.redirections : [];
  if (!stdout || !stderr) throw new Error("the shell's parser does not know redirections");
  let done = false;
  bash.registerTransformPlugin({
    name: "output-redirection",
    transform: ({ ast }: { ast: Script }) => {
      if (done) return { ast };
      done = true;
      if (!redirectsItself(ast)) redirectAll(ast.statements, { stdout, stderr });
      return { ast };
    },
  });
}

/** `exec > file` in a script: from there on the shell knows better where its output goes. */
function redirectsItself(node: unknown): boolean {
  if (typeof node !== "object" || node === null) return false;
  const command = node as Command;
  if (command.type === "SimpleCommand" && command.name !== null && literal(command.name) === "exec") {
    if (command.args.length === 0 && command.redirections.length > 0) return true;
  }
  return Object.values(node).some(redirectsItself);
}

interface Streams {
  readonly stdout: Redirection;
  readonly stderr: Redirection;
}

function redirectAll(statements: readonly Statement[], streams: Streams): void {
  for (const { pipelines } of statements) {
    for (const { commands, pipeStderr = [] } of pipelines) {
      for (const [index, command] of commands.entries()) {
        const last = index === commands.length - 1;
        if (last) redirect(command, streams);
        else if (!pipeStderr[index]) redirectErrors(command, streams);
      }
    }
  }
}

function redirect(command: Command, streams: Streams): void {
  if (command.type === "FunctionDef") return;
  const bodies = bodiesOf(command);
  if (bodies === undefined) redirectHere(command, [streams.stdout, streams.stderr]);
  // Where the script sends a body's output elsewhere, it stays together.
  else if (command.redirections.every(({ operator }) => operator.startsWith("<") && operator !== "<&")) {
    for (const body of bodies) redirectAll(body, streams);
  }
}

/** Errors of a command whose output goes into a pipe. */
function redirectErrors(command: Command, { stderr }: Streams): void {
  if (command.type === "SimpleCommand") redirectHere(command, [stderr]);
}

/** First in the list: what the script says comes after, and wins. */
function redirectHere(command: Command, redirections: readonly Redirection[]): void {
  if (command.type !== "SimpleCommand" || command.name === null || untouched.has(literal(command.name))) return;
  command.redirections.unshift(...redirections);
}

/** Lists of statements that run where the command stands; undefined for what is no compound of statements. */
function bodiesOf(command: Exclude<Command, { type: "FunctionDef" }>): Statement[][] | undefined {
  switch (command.type) {
    case "If":
      return [...command.clauses.flatMap(({ condition, body }) => [condition, body]), command.elseBody ?? []];
    case "While":
    case "Until":
      return [command.condition, command.body];
    case "For":
    case "CStyleFor":
    case "Subshell":
    case "Group":
      return [command.body];
    case "Case":
      return command.items.map(({ body }) => body);
    default:
      return undefined;
  }
}

/** A name that is written out; empty for one that is made by an expansion. */
function literal(word: { parts: ReadonlyArray<{ type: string; value?: unknown }> }): string {
  const [part] = word.parts;
  return word.parts.length === 1 && part?.type === "Literal" && typeof part.value === "string" ? part.value : "";
}
