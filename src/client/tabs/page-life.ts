/** What a page's life has in store for a tab that may lead. */
export interface PageLife {
  /** The page stops for a time, or for good: after this it may not run again before {@link woken}. */
  stopping(): void;
  woken(): void;
}

/**
 * Tells when the page is frozen, put into the back/forward cache, or left. Browsers give a page no time then, so what has to
 * be done must be done at once. A worker hears of nothing. The result ends it.
 */
export function watchPage(life: PageLife): () => void {
  if (typeof document === "undefined") return () => {};
  const stopping = () => life.stopping();
  const woken = () => life.woken();
  const shown = ({ persisted }: PageTransitionEvent) => {
    if (persisted) life.woken();
  };
  document.addEventListener("freeze", stopping);
  document.addEventListener("resume", woken);
  addEventListener("pagehide", stopping);
  addEventListener("pageshow", shown);
  return () => {
    document.removeEventListener("freeze", stopping);
    document.removeEventListener("resume", woken);
    removeEventListener("pagehide", stopping);
    removeEventListener("pageshow", shown);
  };
}
