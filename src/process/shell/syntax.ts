import type { Bash } from "just-bash/browser";

type Plugin = Parameters<Bash["registerTransformPlugin"]>[0];

/** A parsed script, as the shell's plugins see it. */
export type Script = Parameters<Plugin["transform"]>[0]["ast"];
export type Statement = Script["statements"][number];
export type Command = Statement["pipelines"][number]["commands"][number];
export type Redirection = Extract<Command, { type: "SimpleCommand" }>["redirections"][number];

/** The statements of a text, by the shell's own parser. */
export function parseStatements(bash: Bash, text: string): Statement[] {
  return (bash.transform(text) as { ast: Script }).ast.statements;
}
