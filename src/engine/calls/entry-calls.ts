let calls: typeof import("./call-entry.ts") | undefined;

/** What calls entries: fetched with the first skill, and at hand from then on. */
export async function entryCalls(): Promise<typeof import("./call-entry.ts")> {
  calls ??= await import("./call-entry.ts");
  return calls;
}
