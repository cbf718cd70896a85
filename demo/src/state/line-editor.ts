/** One line of a terminal: what is typed, where the cursor is, and the lines before it. */
export class LineEditor {
  #text: string[] = [];
  #at = 0;
  readonly #history: string[] = [];
  #recalled = 0;

  constructor(private readonly prompt: () => string) {}

  get text(): string {
    return this.#text.join("");
  }

  /** What is written to show the line as it is now. */
  render(): string {
    const back = this.#text.length - this.#at;
    return `\r\x1b[2K${this.prompt()}${this.text}${back > 0 ? `\x1b[${back}D` : ""}`;
  }

  /** Ends the line; the next one is empty. */
  take(): string {
    const line = this.text;
    if (line.trim() !== "" && this.#history.at(-1) !== line) this.#history.push(line);
    this.clear();
    return line;
  }

  clear(): void {
    this.#text = [];
    this.#at = 0;
    this.#recalled = this.#history.length;
  }

  /** Typed or pasted characters. */
  insert(text: string): void {
    const characters = [...text].filter((character) => character >= " " && character !== "\x7f");
    this.#text.splice(this.#at, 0, ...characters);
    this.#at += characters.length;
  }

  /** @param sequence what the terminal sends for a key. False when it means nothing here. */
  key(sequence: string): boolean {
    switch (sequence) {
      case "\x7f":
        if (this.#at > 0) this.#text.splice(--this.#at, 1);
        return true;
      case "\x1b[3~":
        this.#text.splice(this.#at, 1);
        return true;
      case "\x1b[D":
        this.#at = Math.max(0, this.#at - 1);
        return true;
      case "\x1b[C":
        this.#at = Math.min(this.#text.length, this.#at + 1);
        return true;
      case "\x1b[H":
      case "\x01":
        this.#at = 0;
        return true;
      case "\x1b[F":
      case "\x05":
        this.#at = this.#text.length;
        return true;
      case "\x15":
        this.#text.splice(0, this.#at);
        this.#at = 0;
        return true;
      case "\x1b[A":
        return this.#recall(-1);
      case "\x1b[B":
        return this.#recall(1);
      default:
        return false;
    }
  }

  #recall(step: number): boolean {
    const to = this.#recalled + step;
    if (to < 0 || to > this.#history.length) return true;
    this.#recalled = to;
    this.#text = [...(this.#history[to] ?? "")];
    this.#at = this.#text.length;
    return true;
  }
}
