/** Loads when it is first asked, and again only after a failure. An `import()` for each request costs its address each time. */
export function lazily<T>(load: () => Promise<T>): Lazy<T> {
  let loading: Promise<T> | undefined;
  const ask = (): Promise<T> => {
    loading ??= load().then(
      (value) => {
        lazy.loaded = value;
        return value;
      },
      (error: unknown) => {
        loading = undefined;
        throw error;
      },
    );
    return loading;
  };
  const lazy: Lazy<T> = Object.assign(ask, { loaded: undefined });
  return lazy;
}

export interface Lazy<T> {
  (): Promise<T>;
  /** Once it is there: whoever is called often need not wait for it. */
  loaded: T | undefined;
}
