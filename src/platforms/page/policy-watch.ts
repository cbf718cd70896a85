/** What the page's Content-Security-Policy refused: the directive, and the address it was about. */
export interface PolicyRefusal {
  readonly directive: string;
  readonly blocked: string;
}

// allowed: the document has one policy and tells of refusals by events only
let heard: { last?: PolicyRefusal } | undefined;

/** Before a worker is made: what a policy refuses is told by an event of the document only. */
export function watchPolicy(): void {
  if (heard) return;
  const told: { last?: PolicyRefusal } = {};
  heard = told;
  globalThis.document?.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
    if (/^(worker|child|script|default)-src/.test(effectiveDirective)) {
      told.last = { directive: effectiveDirective, blocked: blockedURI };
    }
  });
}

/** The last one since the page began to watch. */
export const policyRefusal = (): PolicyRefusal | undefined => heard?.last;
