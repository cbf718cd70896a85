import type { Launchers, ProcessKind, ProcessProvider } from "./interface.ts";

/**
 * A provider that is loaded when something is first asked of it. One that cannot be loaded says why to whoever asks, and is
 * tried again by the next.
 * @param launchers where they are known before it is loaded
 */
export function lazyProvider(
  kind: ProcessKind,
  load: () => Promise<ProcessProvider>,
  launchers?: Launchers,
): ProcessProvider {
  let loaded: Promise<ProcessProvider> | undefined;
  const ready = async () => {
    loaded ??= load();
    try {
      return await loaded;
    } catch (error) {
      loaded = undefined;
      throw error;
    }
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
    launchers: () => launchers ?? ready().then((provider) => provider.launchers()),
    which: async (program, cwd, context) => (await ready()).which(program, cwd, context),
    open: async (spec, context) => (await ready()).open(spec, context),
    close: () => void loaded?.then((provider) => provider.close()).catch(() => {}),
  };
}
