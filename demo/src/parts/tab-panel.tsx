import type { ComponentChildren } from "preact";
import { Tabs, type TabsProps } from "./tabs.tsx";

interface TabPanelProps<T extends string> extends TabsProps<T> {
  /** Of the body. */
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A card of several panels, of which the tabs on top show one. */
export function TabPanel<T extends string>({ class: own = "", children, ...tabs }: TabPanelProps<T>) {
  return (
    <div class="card panel">
      <Tabs {...tabs} />
      <div class={`panel-body ${own}`.trim()} role="tabpanel" aria-label={tabs.current}>
        {children}
      </div>
    </div>
  );
}
