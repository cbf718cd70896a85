/**
 * Data held against schemas that nobody vouches for. Their patterns run in linear time, the whole within a budget.
 * @module
 */
import { lazily } from "../base/lazily.ts";
import { oncePer } from "../base/once-per.ts";
import { paying } from "../base/work.ts";
import { SchemaDocument } from "./document.ts";
import { SchemaEvaluation } from "./evaluation.ts";
import type { Pattern } from "./interface.ts";
import type { Problem } from "./problem.ts";
import { mostWork, Work } from "./work.ts";

const loadPatterns = lazily(() => import("./patterns.ts"));

export interface SchemaOptions {
  /** Budget units of about 10 ns for one use; `Infinity` where a run pays for itself. Default {@link mostWork}. */
  readonly most?: number;
}

export class SchemaValidator {
  readonly #document: SchemaDocument;
  readonly #patterns: ReadonlyMap<string, Pattern>;
  readonly #most: number;

  /** @internal {@link schemaValidator} makes it */
  constructor(document: SchemaDocument, patterns: ReadonlyMap<string, Pattern>, most: number) {
    this.#document = document;
    this.#patterns = patterns;
    this.#most = most;
  }

  /**
   * What does not fit, empty when all does.
   * @throws LuaSkillsError `invalid_argument` for a reference that leads nowhere, `budget_exceeded` when it takes too much work
   */
  problems(value: unknown): Problem[] {
    const problems: Problem[] = [];
    const evaluation = new SchemaEvaluation(this.#document, this.#patterns, new Work(this.#most));
    evaluation.check(this.#document.root, value, { problems });
    return problems;
  }
}

/** {@link schemaValidator}, once for each schema; one that could not be made is made again. */
export function schemaValidators(): (schema: object) => Promise<SchemaValidator> {
  const of = oncePer((schema: object) => lazily(async () => schemaValidator(schema)));
  return (schema) => of(schema)();
}

/**
 * Something to wait for only when the schema has patterns.
 * @throws LuaSkillsError `invalid_argument` when it is no schema, or a pattern cannot be run in linear time
 */
export function schemaValidator(
  schema: unknown,
  { most = mostWork }: SchemaOptions = {},
): SchemaValidator | Promise<SchemaValidator> {
  const work = new Work(most);
  const document = new SchemaDocument(schema, work);
  if (document.patterns.size === 0) return new SchemaValidator(document, new Map(), most);
  const compiled = paying(({ compilePattern }: Awaited<ReturnType<typeof loadPatterns>>) => {
    const patterns = [...document.patterns].map(([source, at]) => [source, compilePattern(source, at, work)] as const);
    return new SchemaValidator(document, new Map(patterns), most);
  });
  return loadPatterns().then(compiled);
}
