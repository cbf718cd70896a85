/** What the page's Content-Security-Policy refused: the directive, and the address it was about. */
export interface PolicyRefusal {
  readonly directive: string;
  readonly blocked: string;
}

let last: PolicyRefusal | undefined;
let watching = false;

/** Before a worker is made: what a policy refuses is told by an event of the document only. */
export function watchPolicy(): void {
  if (watching) return;
  watching = true;
  globalThis.document?.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
    if (/^(worker|child|script|default)-src/.test(effectiveDirective)) {
      last = { directive: effectiveDirective, blocked: blockedURI };
    }
  });
}

/** The last one since the page began to watch. */
export const policyRefusal = (): PolicyRefusal | undefined => last;
