/**
 * Work on the whole store in steps: the page asks for one after the other, so that it hears how far things are and can stop
 * them, and no step holds up the others of the engine for long.
 * @module
 */
import { unrefTimer } from "../../base/timers.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { EngineReplies, EngineRequest, StorageJob } from "../../wire/ops.ts";
import type { EngineState } from "../state.ts";
import { backup } from "./backup.ts";
import { check } from "./check.ts";
import { hold } from "./hold.ts";
import type { Job, RunningJob } from "./job.ts";
import { move } from "./move.ts";
import { restore } from "./restore.ts";

type StorageRequest = Extract<EngineRequest, { op: `storage.${string}` }>;

/** A page that went away in the middle must not hold the engine for ever. */
const idleMs = 60_000;

export async function storageRequest(
  state: EngineState,
  request: StorageRequest,
): Promise<EngineReplies[StorageRequest["op"]]> {
  switch (request.op) {
    case "storage.begin":
      return begin(state, request.job);
    case "storage.step": {
      const running = state.jobs.get(request.id);
      if (!running) {
        throw new LuaSkillsError("aborted", "this work on the store has ended: the engine was replaced meanwhile");
      }
      running.touch();
      try {
        const { done, value } = await running.job.next(request.bytes);
        if (done) running.end();
        return { ...value, finished: done === true };
      } catch (error) {
        running.end();
        throw error;
      }
    }
    case "storage.end": {
      const running = state.jobs.get(request.id);
      // Waits for what a job puts back when it is given up.
      await running?.job.return({ done: 0, total: 0 });
      running?.end();
      return undefined;
    }
  }
}

async function begin(state: EngineState, wanted: StorageJob): Promise<number> {
  const letGo = wanted.what === "check" ? undefined : await hold(state.gate, wanted.what);
  // allowed: a number an earlier engine has not given out, no secret
  const id = Math.floor(Math.random() * 2 ** 50);
  const job = jobOf(state, wanted);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const running: RunningJob = {
    job,
    end() {
      clearTimeout(timer);
      if (!state.jobs.delete(id)) return;
      letGo?.();
    },
    touch() {
      clearTimeout(timer);
      timer = unrefTimer(setTimeout(() => void job.return({ done: 0, total: 0 }).finally(running.end), idleMs));
    },
  };
  state.jobs.set(id, running);
  running.touch();
  return id;
}

function jobOf(state: EngineState, wanted: StorageJob): Job {
  switch (wanted.what) {
    case "check":
      return check(state);
    case "backup":
      return backup(state, wanted.salvage === true);
    case "restore":
      return restore(state);
    case "move":
      return move(state, wanted.to);
  }
}
