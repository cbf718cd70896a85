/**
 * Regular expressions in the syntax of Rust's `regex`, parsed into a program for {@link ./linear-regexp.ts}.
 * @module
 */

export type CharacterTest = (codePoint: number) => boolean;
export type Assertion =
  | "start"
  | "end"
  | "line start"
  | "line end"
  | { readonly edge: boolean; readonly isWord: CharacterTest };

export type Instruction =
  | { readonly op: "char"; readonly test: CharacterTest }
  | { readonly op: "split"; readonly first: number; readonly second: number }
  | { readonly op: "jump"; readonly to: number }
  | { readonly op: "assert"; readonly what: Assertion }
  | { readonly op: "match" };

interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
  /** `\d \s \w \b` mean all of Unicode, not only ASCII. */
  readonly unicode: boolean;
}

/** A piece emits its instructions, which begin at the given address. */
type Piece = (at: number) => Instruction[];

const maxProgram = 10_000;
const maxDepth = 100;
const maxRepeat = 1000;

const oneOf =
  (pattern: RegExp): CharacterTest =>
  (cp) =>
    pattern.test(String.fromCodePoint(cp));
const not =
  (test: CharacterTest): CharacterTest =>
  (cp) =>
    !test(cp);

const perlClasses = (
  digit: CharacterTest,
  space: CharacterTest,
  word: CharacterTest,
): Readonly<Record<string, CharacterTest>> => ({
  d: digit,
  D: not(digit),
  s: space,
  S: not(space),
  w: word,
  W: not(word),
});
const isWord = {
  ascii: oneOf(/\w/),
  unicode: oneOf(/[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u),
};
const classes = {
  ascii: perlClasses(oneOf(/\d/), oneOf(/[\t-\r ]/), isWord.ascii),
  unicode: perlClasses(oneOf(/\p{Nd}/u), oneOf(/\p{White_Space}/u), isWord.unicode),
};

/** Undefined for a name that Unicode does not know. */
function unicodeClass(name: string): CharacterTest | undefined {
  for (const property of [name, `Script=${name}`]) {
    try {
      return oneOf(new RegExp(`\\p{${property}}`, "u"));
    } catch (error) {
      // The constructor is the only list of names there is.
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return undefined;
}

const controls: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7, "0": 0 };
const posixClasses: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  ascii: /[^\u{80}-\u{10ffff}]/u,
  blank: /[\t ]/,
  cntrl: /[^ -~\u{80}-\u{10ffff}]/u,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[\t\n\v\f\r ]/,
  upper: /[A-Z]/,
  word: /[0-9A-Za-z_]/,
  xdigit: /[0-9A-Fa-f]/,
};

/** @throws SyntaxError */
export function parseRegExp(pattern: string, flagText = ""): Instruction[] {
  const flags = { ignoreCase: false, dotAll: false, multiline: false, unicode: true };
  const parser = new Parser([...pattern], applyFlags(flags, flagText, true));
  const program = parser.whole()(0);
  program.push({ op: "match" });
  return program;
}

class Parser {
  #at = 0;
  #depth = 0;

  constructor(
    private readonly source: readonly string[],
    private flags: Flags,
  ) {}

  whole(): Piece {
    const piece = this.#alternatives();
    if (this.#at < this.source.length) throw this.#wrong("a closing parenthesis without an opening one");
    return piece;
  }

  get #char(): string | undefined {
    return this.source[this.#at];
  }

  #accept(char: string): boolean {
    if (this.#char !== char) return false;
    this.#at++;
    return true;
  }

  #alternatives(): Piece {
    if (++this.#depth > maxDepth) throw this.#wrong(`more than ${maxDepth} nested groups`);
    const pieces = [this.#sequence()];
    while (this.#accept("|")) pieces.push(this.#sequence());
    this.#depth--;
    return pieces.reduceRight((rest, piece) => either(piece, rest));
  }

  #sequence(): Piece {
    const pieces: Piece[] = [];
    while (this.#char !== undefined && this.#char !== "|" && this.#char !== ")") pieces.push(this.#repeated());
    return (at) => pieces.reduce<Instruction[]>((out, piece) => sized(out, piece(at + out.length)), []);
  }

  #repeated(): Piece {
    let piece = this.#atom();
    for (let counts = this.#quantifier(); counts; counts = this.#quantifier()) {
      // Greedy or lazy is the same when only the question "does it match" is asked.
      this.#accept("?");
      piece = repeat(piece, counts.low, counts.high);
    }
    return piece;
  }

  #quantifier(): { low: number; high: number | undefined } | undefined {
    if (this.#accept("*")) return { low: 0, high: undefined };
    if (this.#accept("+")) return { low: 1, high: undefined };
    if (this.#accept("?")) return { low: 0, high: 1 };
    if (this.#char !== "{") return undefined;
    const end = this.source.indexOf("}", this.#at);
    const match = /^\{(\d+)(,(\d*))?$/.exec(this.source.slice(this.#at, end === -1 ? undefined : end).join(""));
    if (!match || end === -1) throw this.#wrong("a repetition is {n}, {n,} or {n,m}");
    this.#at = end + 1;
    const low = Number(match[1]);
    const high = match[2] === undefined ? low : match[3] ? Number(match[3]) : undefined;
    if (low > maxRepeat || (high ?? 0) > maxRepeat) throw this.#wrong(`a repetition of more than ${maxRepeat}`);
    if (high !== undefined && high < low) throw this.#wrong("a repetition whose end is below its start");
    return { low, high };
  }

  #atom(): Piece {
    const char = this.#char ?? "";
    this.#at++;
    switch (char) {
      case "(":
        return this.#group();
      case "[":
        return one(this.#class());
      case ".":
        return one(this.flags.dotAll ? () => true : (cp) => cp !== 10);
      case "^":
        return assertion(this.flags.multiline ? "line start" : "start");
      case "$":
        return assertion(this.flags.multiline ? "line end" : "end");
      case "\\":
        return this.#escape();
      case "*":
      case "+":
      case "?":
      case "{":
        throw this.#wrong(`"${char}" repeats nothing`);
      default:
        return one(this.#literal(char.codePointAt(0) ?? 0));
    }
  }

  #group(): Piece {
    const outer = this.flags;
    if (this.#accept("?")) {
      const head = /^(?:P?<[A-Za-z_]\w*>|([a-zA-Z]*(?:-[a-zA-Z]+)?)([:)]))/.exec(this.source.slice(this.#at).join(""));
      if (!head) throw this.#wrong("an unsupported kind of group");
      this.#at += [...head[0]].length;
      if (head[2] !== undefined) this.flags = applyFlags(this.flags, head[1] ?? "", false);
      // `(?i)` alone holds until the end of the group it stands in.
      if (head[2] === ")") return () => [];
    }
    const piece = this.#alternatives();
    if (!this.#accept(")")) throw this.#wrong("a group that is not closed");
    this.flags = outer;
    return piece;
  }

  #escape(): Piece {
    const char = this.#char ?? "";
    const what = this.#edge(char);
    if (what) {
      this.#at++;
      return assertion(what);
    }
    const escaped = this.#escapedTest();
    return one(typeof escaped === "number" ? this.#literal(escaped) : escaped);
  }

  #edge(char: string): Assertion | undefined {
    switch (char) {
      case "A":
        return "start";
      case "z":
        return "end";
      case "b":
      case "B":
        return { edge: char === "b", isWord: isWord[this.#alphabet] };
      default:
        return undefined;
    }
  }

  get #alphabet(): "ascii" | "unicode" {
    return this.flags.unicode ? "unicode" : "ascii";
  }

  /** A class such as `\d`, or the code point an escape stands for. */
  #escapedTest(): CharacterTest | number {
    const char = this.#char;
    if (char === undefined) throw this.#wrong("a backslash at the end");
    this.#at++;
    const known = classes[this.#alphabet][char] ?? controls[char];
    if (known !== undefined) return known;
    if (char === "p" || char === "P") return this.#property(char === "P");
    if (char === "x" || char === "u" || char === "U") return this.#hex(char === "x" ? 2 : char === "u" ? 4 : 8);
    if (/[A-Za-z0-9]/.test(char)) throw this.#wrong(`unsupported escape \\${char}`);
    return char.codePointAt(0) ?? 0;
  }

  /** `\pL`, `\p{Greek}`, `\p{^L}`: general categories, scripts and binary properties. */
  #property(negated: boolean): CharacterTest {
    const rest = this.source.slice(this.#at, this.#at + 60).join("");
    const match = /^(?:\{(\^?)([A-Za-z0-9_=:]+)\}|([A-Za-z]))/.exec(rest);
    if (!match) throw this.#wrong("a bad Unicode class");
    this.#at += match[0].length;
    const test = unicodeClass((match[2] ?? match[3] ?? "").replace(":", "="));
    if (!test) throw this.#wrong(`an unknown Unicode class ${match[0]}`);
    return negated === (match[1] === "^") ? test : not(test);
  }

  #hex(digits: number): number {
    const rest = this.source.slice(this.#at, this.#at + 12).join("");
    const match = /^\{([0-9a-fA-F]{1,8})\}/.exec(rest) ?? new RegExp(`^([0-9a-fA-F]{${digits}})`).exec(rest);
    const value = Number.parseInt(match?.[1] ?? "", 16);
    if (!match || !(value <= 0x10ffff)) throw this.#wrong("a bad hexadecimal escape");
    this.#at += match[0].length;
    return value;
  }

  #class(): CharacterTest {
    const negated = this.#accept("^");
    const tests: CharacterTest[] = [];
    for (let first = true; first || this.#char !== "]"; first = false) {
      if (this.#char === undefined) throw this.#wrong("a class that is not closed");
      const low = this.#member();
      if (typeof low !== "number") {
        tests.push(low);
      } else if (this.#char === "-" && this.source[this.#at + 1] !== "]" && this.source[this.#at + 1] !== undefined) {
        this.#at++;
        const high = this.#member();
        if (typeof high !== "number" || high < low) throw this.#wrong("a range in a class whose ends do not fit");
        tests.push(this.#folded((cp) => cp >= low && cp <= high));
      } else {
        tests.push(this.#literal(low));
      }
    }
    this.#at++;
    return (cp) => tests.some((test) => test(cp)) !== negated;
  }

  #member(): CharacterTest | number {
    const char = this.#char ?? "";
    this.#at++;
    if (char === "\\") return this.#escapedTest();
    if (char === "[") return this.#posixClass();
    return char.codePointAt(0) ?? 0;
  }

  /** `[:alpha:]`, the one kind of class inside a class. */
  #posixClass(): CharacterTest {
    const match = /^:(\^?)([a-z]+):\]/.exec(this.source.slice(this.#at, this.#at + 12).join(""));
    const name = match?.[2] ?? "";
    const test = Object.hasOwn(posixClasses, name) ? posixClasses[name] : undefined;
    if (!match || !test) throw this.#wrong("a class inside a class");
    this.#at += match[0].length;
    return match[1] === "" ? oneOf(test) : not(oneOf(test));
  }

  #literal(codePoint: number): CharacterTest {
    return this.#folded((cp) => cp === codePoint);
  }

  #folded(test: CharacterTest): CharacterTest {
    if (!this.flags.ignoreCase) return test;
    return (cp) => {
      const char = String.fromCodePoint(cp);
      return test(cp) || single(char.toLowerCase(), test) || single(char.toUpperCase(), test);
    };
  }

  #wrong(what: string): SyntaxError {
    return new SyntaxError(`regular expression ${JSON.stringify(this.source.join(""))}: ${what}`);
  }
}

const single = (text: string, test: CharacterTest): boolean => [...text].length === 1 && test(text.codePointAt(0) ?? 0);

function applyFlags(flags: Flags, text: string, positional: boolean): Flags {
  const [on = "", off = ""] = text.split("-");
  const known = positional ? /^[gimsnu]*$/ : /^[imsuU]*$/;
  if (!known.test(on) || !known.test(off)) throw new SyntaxError(`unsupported flags in a regular expression: ${text}`);
  const flag = (letter: string, now: boolean) => (on.includes(letter) ? true : off.includes(letter) ? false : now);
  return {
    ignoreCase: flag("i", flags.ignoreCase),
    dotAll: flag("s", flags.dotAll),
    multiline: flag("m", flags.multiline),
    unicode: flag("u", flags.unicode),
  };
}

const one =
  (test: CharacterTest): Piece =>
  () => [{ op: "char", test }];
const assertion =
  (what: Assertion): Piece =>
  () => [{ op: "assert", what }];

function either(a: Piece, b: Piece): Piece {
  return (at) => {
    const first = a(at + 1);
    const second = b(at + 2 + first.length);
    const end = at + 2 + first.length + second.length;
    return sized(
      [{ op: "split", first: at + 1, second: at + 2 + first.length }, ...first, { op: "jump", to: end }],
      second,
    );
  };
}

function repeat(piece: Piece, low: number, high: number | undefined): Piece {
  return (at) => {
    let out: Instruction[] = [];
    for (let i = 0; i < low; i++) out = sized(out, piece(at + out.length));
    if (high === undefined) {
      const start = at + out.length;
      const body = piece(start + 1);
      const loop: Instruction[] = [{ op: "split", first: start + 1, second: start + body.length + 2 }, ...body];
      return sized(out, [...loop, { op: "jump", to: start }]);
    }
    for (let i = low; i < high; i++) {
      const start = at + out.length;
      const body = piece(start + 1);
      out = sized(out, [{ op: "split", first: start + 1, second: start + 1 + body.length }, ...body]);
    }
    return out;
  };
}

function sized(out: readonly Instruction[], more: readonly Instruction[]): Instruction[] {
  if (out.length + more.length > maxProgram) throw new SyntaxError("the regular expression is too large");
  return [...out, ...more];
}
