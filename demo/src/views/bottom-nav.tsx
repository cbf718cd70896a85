import { Icon, type IconName } from "../parts/icon.tsx";
import { show, type View, view } from "../state/view.ts";

const places: ReadonlyArray<{ readonly id: View; readonly label: string; readonly icon: IconName }> = [
  { id: "skills", label: "Skills", icon: "puzzle" },
  { id: "edit", label: "Edit", icon: "edit" },
  { id: "run", label: "Run", icon: "play" },
  { id: "data", label: "Data", icon: "database" },
  { id: "files", label: "Files", icon: "folder" },
  { id: "terminal", label: "Terminal", icon: "terminal" },
];

/** Narrow screens show one place at a time. */
export function BottomNav() {
  return (
    <nav class="bottom-nav" aria-label="Places">
      {places.map(({ id, label, icon }) => (
        <button key={id} type="button" aria-current={view.value === id ? "page" : undefined} onClick={() => show(id)}>
          <Icon name={icon} />
          {label}
        </button>
      ))}
    </nav>
  );
}
