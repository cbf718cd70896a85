import type { ProcessKind, ProcessProvider } from "./interface.ts";

/** A provider that is loaded when something is first asked of it. One that cannot be loaded says why to whoever asks. */
export function lazyProvider(kind: ProcessKind, load: () => Promise<ProcessProvider>): ProcessProvider {
  let loading: Promise<ProcessProvider> | undefined;
  const ready = () => {
    loading ??= load();
    // The next one who asks tries again: a bridge may be there by then.
    loading.catch(() => {
      loading = undefined;
    });
    return loading;
  };
  return {
    kind,
    run: async (command, context) => {
      let provider: ProcessProvider;
      try {
        provider = await ready();
      } catch (error) {
        return { kind: "failed", stage: "spawn", reason: error instanceof Error ? error.message : String(error) };
      }
      return provider.run(command, context);
    },
    launchers: async () => (await ready()).launchers(),
    which: async (program, cwd, context) => (await ready()).which(program, cwd, context),
    open: async (spec, context) => (await ready()).open(spec, context),
    close: () => void loading?.then((provider) => provider.close()).catch(() => {}),
  };
}
