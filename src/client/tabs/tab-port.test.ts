import { expect, test, vi } from "vitest";
import { TabPort } from "./tab-port.ts";

const callback = (id: number) => ({ type: "callback", id, name: "llm", request: {} }) as const;
const result = (id: number) => ({ type: "callback-result", id, outcome: { ok: true, value: id } }) as const;

test("callbacks of two leaders with one id are two, and a late answer for the first goes nowhere", () => {
  const sent = vi.fn();
  const heard = vi.fn();
  const port = new TabPort(sent);
  port.listen(heard);
  port.deliver(callback(1));
  port.forgetCallbacks();
  port.deliver(callback(1));
  expect(heard.mock.calls.map(([message]) => [message.type, message.id])).toEqual([
    ["callback", 1],
    ["callback-abort", 1],
    ["callback", 2],
  ]);
  port.post(result(1));
  expect(sent).not.toHaveBeenCalled();
  port.post(result(2));
  expect(sent).toHaveBeenCalledExactlyOnceWith({ ...result(2), id: 1 });
});

test("an abort of the leader is told under the id of this side, once it is known", () => {
  const heard = vi.fn();
  const port = new TabPort(() => {});
  port.deliver(callback(5));
  port.listen(heard);
  port.deliver({ type: "callback-abort", id: 9 });
  port.deliver({ type: "callback-abort", id: 5 });
  expect(heard.mock.calls).toEqual([[{ type: "callback-abort", id: 1 }]]);
  port.close();
  port.deliver(callback(6));
  expect(heard).toHaveBeenCalledOnce();
});
