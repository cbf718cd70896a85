/**
 * Qualifiers and compiler attributes between the words of a declaration.
 * @module
 */
import { type ConstantContext, constantExpression } from "./constant.ts";
import type { Attributes } from "./layout.ts";
import type { TokenReader } from "./token-reader.ts";

/** What was said about one declarator so far. */
export interface Decoration extends Attributes {
  isConst: boolean;
  isVolatile: boolean;
  /** Bytes of `mode(…)`; 0: not said. */
  mode: number;
  /** Bytes of `vector_size(…)`; 0: not said. */
  vector: number;
  /** Symbol of `__asm__("…")`. */
  symbol: string | undefined;
}

export const undecorated = (): Decoration => ({
  ...{ isConst: false, isVolatile: false, isPacked: false, aligned: 0, mode: 0, vector: 0, symbol: undefined },
});

type Action = (context: ConstantContext, decoration: Decoration) => void;

const ignore: Action = () => undefined;
const makeConst: Action = (_, decoration) => {
  decoration.isConst = true;
};
const makeVolatile: Action = (_, decoration) => {
  decoration.isVolatile = true;
};

const actions = new Map<string, Action>([
  ...named(["const", "__const", "__const__"], makeConst),
  ...named(["volatile", "__volatile", "__volatile__"], makeVolatile),
  ...named(["restrict", "__restrict", "__restrict__", "__extension__"], ignore),
  ...named(["__cdecl", "__fastcall", "__stdcall", "__thiscall", "__ptr32", "__ptr64"], ignore),
  ...named(["__attribute", "__attribute__"], gccAttributes),
  ...named(["__declspec"], declspec),
  ...named(["asm", "__asm", "__asm__"], symbolName),
]);

function named(names: readonly string[], action: Action): [string, Action][] {
  return names.map((name) => [name, action]);
}

export const isAttributeWord = (word: string): boolean => actions.has(word);

/** Takes all qualifiers and attributes that come next. @throws CdefError */
export function takeAttributes(context: ConstantContext, decoration: Decoration): void {
  const { tokens } = context;
  for (;;) {
    const action = tokens.now.kind === "identifier" ? actions.get(tokens.now.text) : undefined;
    if (action === undefined) return;
    tokens.next();
    action(context, decoration);
  }
}

/** `("name")`, of one or several string literals. */
function symbolName({ tokens }: ConstantContext, decoration: Decoration): void {
  tokens.expect("(");
  let name = "";
  while (tokens.now.kind === "string") name += tokens.next().text;
  decoration.symbol = name;
  tokens.expect(")");
}

function gccAttributes(context: ConstantContext, decoration: Decoration): void {
  const { tokens } = context;
  tokens.expect("(");
  tokens.expect("(");
  while (tokens.take(",") || tokens.now.kind === "identifier") {
    if (tokens.now.kind !== "identifier") continue;
    const name = tokens.next().text.replace(/^__(\w+)__$/, "$1");
    if (name === "packed") decoration.isPacked = true;
    else if (name === "aligned") decoration.aligned = argument(context) ?? 16;
    else if (name === "vector_size") decoration.vector = powerOfTwo(argument(context) ?? 0);
    else if (name === "mode") mode(tokens, decoration);
    else skipArguments(tokens);
  }
  tokens.expect(")");
  tokens.expect(")");
}

function declspec(context: ConstantContext, decoration: Decoration): void {
  const { tokens } = context;
  tokens.expect("(");
  while (tokens.now.kind === "identifier") {
    if (tokens.next().text === "align") decoration.aligned = argument(context) ?? 0;
    else skipArguments(tokens);
  }
  tokens.expect(")");
}

function argument(context: ConstantContext): number | undefined {
  const { tokens } = context;
  if (!tokens.take("(")) return undefined;
  const { value } = constantExpression(context);
  tokens.expect(")");
  return powerOfTwo(value);
}

const powerOfTwo = (value: number) => (value > 0 ? 2 ** Math.floor(Math.log2(value)) : 0);

function skipArguments(tokens: TokenReader): void {
  if (!tokens.take("(")) return;
  let open = 1;
  while (open > 0 && tokens.now.kind !== "end") {
    const { text } = tokens.next();
    if (text === "(") open++;
    else if (text === ")") open--;
  }
}

const modeSizes: Readonly<Record<string, number>> = { Q: 1, H: 2, S: 4, D: 8, T: 16, O: 32 };

/** `mode(DI)`, `mode(V4SF)`. */
function mode(tokens: TokenReader, decoration: Decoration): void {
  tokens.expect("(");
  const found = /^(?:__)?(?:V(\d+))?([QHSDTO])[IF](?:__)?$/.exec(tokens.now.text);
  const size = modeSizes[found?.[2] ?? ""];
  if (size !== undefined) {
    decoration.mode = size;
    if (found?.[1] !== undefined) decoration.vector = Number(found[1]) * size;
  }
  tokens.identifier();
  tokens.expect(")");
}
