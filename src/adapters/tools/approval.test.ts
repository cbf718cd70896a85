import { expect, it } from "vitest";
import { requireApproval } from "./approval.ts";

it.each([true, { approved: true }, { approved: true, reason: "fine" }])("takes %j for yes", (answer) => {
  expect(() => requireApproval(answer, "it")).not.toThrow();
});

it.each([false, null, undefined, 1, "yes", {}, { approved: 1 }, [true]])("takes %j for no", (answer) => {
  expect(() => requireApproval(answer as never, "the code")).toThrow("the code was not approved");
});

it("tells the host's reason, and what was asked about", () => {
  const refused = () => requireApproval({ approved: false, reason: "not now" }, "the call of 'a-b'", { tool: "a-b" });
  expect(refused).toThrow(
    expect.objectContaining({
      code: "permission_denied",
      message: "the call of 'a-b' was not approved: not now",
      data: { tool: "a-b", reason: "not now" },
    }),
  );
});
