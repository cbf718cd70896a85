/**
 * Data held against schemas that nobody vouches for. Their patterns run in linear time, the whole within a budget.
 * @module
 */
import { lazily } from "../base/lazily.ts";
import { oncePer } from "../base/once-per.ts";
import type { Re2 } from "../base/text/metered-re2.ts";
import { SchemaDocument } from "./document.ts";
import { SchemaEvaluation } from "./evaluation.ts";
import type { Pattern } from "./interface.ts";
import { compilePattern } from "./patterns.ts";
import type { Problem } from "./problem.ts";
import { mostWork, Work, within } from "./work.ts";

/** What runs patterns; a schema without any needs none of it. */
export const loadRe2 = lazily((): Promise<Re2> => import("re2js"));

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

  /** @throws LuaSkillsError `invalid_argument` for a reference that leads nowhere, wherever it stands */
  checkReferences(): void {
    this.#document.checkReferences();
  }

  /**
   * What does not fit, empty when all does.
   * @throws LuaSkillsError `invalid_argument` for a reference that leads nowhere, `budget_exceeded` when it takes too much work
   */
  problems(value: unknown): Problem[] {
    const problems: Problem[] = [];
    const evaluation = new SchemaEvaluation(this.#document, this.#patterns, new Work());
    within(this.#most, () => evaluation.check(this.#document.root, value, { problems }));
    return problems;
  }
}

/** @throws LuaSkillsError `invalid_argument` when it is no schema, or a pattern cannot be run in linear time */
export async function schemaValidator(
  schema: unknown,
  { most = mostWork }: SchemaOptions = {},
): Promise<SchemaValidator> {
  const document = within(most, () => new SchemaDocument(schema, new Work()));
  return compiled(document, document.patterns.size === 0 ? undefined : await loadRe2(), most);
}

/** As {@link schemaValidator}, at once; undefined when the schema has patterns and what runs them is not given. */
export function readyValidator(
  schema: unknown,
  re2: Re2 | undefined,
  { most = mostWork }: SchemaOptions = {},
): SchemaValidator | undefined {
  const document = within(most, () => new SchemaDocument(schema, new Work()));
  return document.patterns.size > 0 && re2 === undefined ? undefined : compiled(document, re2, most);
}

/** {@link schemaValidator}, once for each schema; one that could not be made is made again. */
export function schemaValidators(): (schema: object) => Promise<SchemaValidator> {
  const of = oncePer((schema: object) => lazily(() => schemaValidator(schema)));
  return (schema) => of(schema)();
}

function compiled(document: SchemaDocument, re2: Re2 | undefined, most: number): SchemaValidator {
  const made = new Map<string, Pattern>();
  within(most, () => {
    if (re2) for (const [source, at] of document.patterns) made.set(source, compilePattern(re2, source, at));
  });
  return new SchemaValidator(document, made, most);
}
