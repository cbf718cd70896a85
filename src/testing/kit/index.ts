/**
 * luaskills-wasm/testing: tests of modules and skills, with vitest, node:test or nothing at all.
 *
 * @example
 * const scheduler = new TestScheduler({ modules: [geo] });
 * scheduler.mock("geo.lookup", async ({ place }) => ({ name: place, lat: 59.9 }));
 * const { value } = await scheduler.execute(`return require("geo").lookup("Oslo").lat`);
 *
 * @module
 */
export {
  fakeHostTools,
  fakeModels,
  type MockHandler,
  type MockRoute,
  type MockTransport,
  mockHandler,
  mockTransport,
} from "./fakes.ts";
export { type RecordedRun, recordRun, replayRun } from "./record.ts";
export { TestClock, virtualClock } from "./test-clock.ts";
export { assertManifest, testModule } from "./test-module.ts";
export { createTestRuntime, type TestRuntime, type TestRuntimeOptions } from "./test-runtime.ts";
export { type ExecuteOptions, type ExecuteResult, TestScheduler, type TestSchedulerOptions } from "./test-scheduler.ts";
