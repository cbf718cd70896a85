import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { createElement, StrictMode } from "react";
import { renderToPipeableStream, renderToString } from "react-dom/server";
import { expect, test, vi } from "vitest";
import { RuntimeProvider, useEntries, useFiles, useRuntime, useSkill } from "../../../src/adapters/react/index.ts";
import { adapterRuntime } from "../runtime.ts";

function Page() {
  const { status } = useRuntime();
  const { running } = useSkill("demo-add");
  const { files } = useFiles("/runtime");
  return createElement("p", null, [status, useEntries().length, files.length, running].join(" "));
}

const tree = (create: () => Promise<never>) =>
  createElement(StrictMode, null, createElement(RuntimeProvider, { create }, createElement(Page)));

test("renders on a server without starting a runtime", async () => {
  const create = vi.fn(() => Promise.reject(new Error("nobody starts here")));
  expect(renderToString(tree(create))).toBe("<p>starting 0 0 false</p>");
  const { pipe } = renderToPipeableStream(tree(create));
  expect(await text(pipe(new PassThrough()))).toContain("starting 0 0 false");
  expect(create).not.toHaveBeenCalled();
});

test("a runtime that is there already renders as it will be hydrated: starting", async () => {
  const runtime = await adapterRuntime();
  expect(renderToString(createElement(RuntimeProvider, { runtime }, createElement(Page)))).toBe(
    "<p>starting 0 0 false</p>",
  );
});

test("a hook without a provider says so", () => {
  const quiet = vi.spyOn(console, "error").mockImplementation(() => undefined);
  expect(() => renderToString(createElement(Page))).toThrow("outside of a <RuntimeProvider>");
  quiet.mockRestore();
});
