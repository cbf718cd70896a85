import { useCallback, useEffect, useRef, useState } from "react";
import type { CallProgress, CallResult, EntryCallOptions } from "../../contract/contract.ts";
import { useHolder } from "./holder-context.ts";
import { useRuntime } from "./use-runtime.ts";

interface CallState {
  readonly running: boolean;
  readonly result: CallResult | undefined;
  /** What the last call failed with; an abort is none. */
  readonly error: unknown;
  readonly progress: CallProgress | undefined;
}

export interface SkillState extends CallState {
  /**
   * Calls the entry; a call that still runs is aborted. Resolves to undefined when it failed, was aborted, or there is no runtime yet:
   * `error` has the reason.
   */
  call(args?: object, options?: Omit<EntryCallOptions, "signal">): Promise<CallResult | undefined>;
  /** Aborts the call that runs. */
  stop(): void;
}

const idle: CallState = { running: false, result: undefined, error: undefined, progress: undefined };

/** Calls of one entry, by its canonical name. What runs is aborted when the component goes. */
export function useSkill(name: string): SkillState {
  const holder = useHolder();
  const { runtime } = useRuntime();
  const [state, setState] = useState<CallState>(idle);
  const current = useRef<AbortController | undefined>(undefined);

  const stop = useCallback(() => {
    current.current?.abort();
    current.current = undefined;
    setState((before) => (before.running ? { ...before, running: false } : before));
  }, []);
  useEffect(() => () => current.current?.abort(), []);

  const call = useCallback(
    async (args: object = {}, options: Omit<EntryCallOptions, "signal"> = {}) => {
      current.current?.abort();
      const controller = new AbortController();
      current.current = controller;
      /** A newer call has the state, or the component is gone. */
      const update = (change: (before: CallState) => CallState) => {
        if (current.current === controller) setState(change);
      };
      update(() => ({ ...idle, running: true }));
      try {
        if (!runtime) throw new Error("the runtime has not started yet; wait until useRuntime() says it is ready");
        const result = await runtime.call<unknown>(name, args, {
          ...options,
          signal: controller.signal,
          onProgress: (progress) => {
            options.onProgress?.(progress);
            update((before) => ({ ...before, progress }));
          },
        });
        update((before) => ({ ...before, running: false, result }));
        return result;
      } catch (error) {
        if (!controller.signal.aborted) update((before) => ({ ...before, running: false, error }));
        return undefined;
      } finally {
        holder.callEnded();
      }
    },
    [runtime, name, holder],
  );
  return { ...state, call, stop };
}
