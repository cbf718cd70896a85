import type { Tab } from "../engines/engine.ts";

/** Frames of one page in the place of tabs, for a browser whose driver gets no answers of tabs that are not in front. */
export function framesOf(page: Tab): { newTab(): Promise<Tab> } {
  let made = 0;
  return {
    async newTab() {
      const id = `tab-${++made}`;
      const inFrame = (code: string) =>
        page.evaluate(`(async () => { const frame = document.getElementById("${id}"); ${code} })()`);
      await page.evaluate(
        `void document.body.append(Object.assign(document.createElement("iframe"), { id: "${id}" }))`,
      );
      return {
        async go(url) {
          await inFrame(
            `await new Promise((loaded) => { frame.onload = loaded; frame.src = ${JSON.stringify(url)}; });`,
          );
        },
        evaluate: (expression) => inFrame(`return frame.contentWindow.eval(${JSON.stringify(`(${expression})`)});`),
        press: (keys) => page.press(keys),
        async close() {
          await inFrame("frame.remove();");
        },
      };
    },
  };
}
