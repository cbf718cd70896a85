// Each configuration is what its name says; two tabs share an origin; a kept profile survives a crash.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isIsolated } from "../engines/engine.ts";
import type { Scenario } from "../scenario.ts";

const put = `new Promise((resolve, reject) => {
  const open = indexedDB.open("crash", 1);
  open.onupgradeneeded = () => open.result.createObjectStore("s");
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const tx = open.result.transaction("s", "readwrite", { durability: "strict" });
    tx.objectStore("s").put("kept", "key");
    tx.oncomplete = () => resolve(true);
    tx.onerror = () => reject(tx.error);
  };
})`;
const get = `new Promise((resolve, reject) => {
  const open = indexedDB.open("crash", 1);
  open.onupgradeneeded = () => open.result.createObjectStore("s");
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const request = open.result.transaction("s").objectStore("s").get("key");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  };
})`;

export const scenarios: readonly Scenario[] = [
  {
    name: "isolation and JSPI are what the configuration says",
    async run({ engine, launch, openBlank }) {
      const browser = await launch();
      await openBlank(browser);
      assert.equal(await browser.evaluate("crossOriginIsolated"), isIsolated(engine));
      const jspi = await browser.evaluate("typeof WebAssembly.Suspending === 'function'");
      assert.equal(jspi, engine !== "webkit" && engine !== "firefox-no-jspi");
      assert.equal(await browser.evaluate("typeof SharedArrayBuffer !== 'undefined'"), isIsolated(engine));
    },
  },
  {
    name: "two tabs share locks, and closing one frees its lock",
    async run({ launch, openBlank }) {
      const first = await launch();
      await openBlank(first);
      const second = await first.newTab();
      await openBlank(second);
      const hold = `new Promise((held) => { navigator.locks.request("x", () => new Promise(() => held(true))); })`;
      assert.equal(await second.evaluate(hold), true);
      const tryIt = `navigator.locks.request("x", { ifAvailable: true }, (lock) => lock !== null)`;
      assert.equal(await first.evaluate(tryIt), false);
      await second.close();
      assert.equal(await first.evaluate(`navigator.locks.request("x", () => true)`), true);
    },
  },
  {
    name: "what was committed strictly is there after the browser was killed",
    engines: ["chromium", "firefox"],
    async run({ launch, openBlank }) {
      const profile = mkdtempSync(path.join(tmpdir(), "profile-"));
      try {
        const first = await launch({ profile });
        await openBlank(first);
        assert.equal(await first.evaluate(put), true);
        await first.kill();
        const second = await launch({ profile });
        await openBlank(second);
        assert.equal(await second.evaluate(get), "kept");
        await second.close();
      } finally {
        rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
      }
    },
  },
];
