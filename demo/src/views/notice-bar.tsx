import { Icon } from "../parts/icon.tsx";
import { notice } from "../state/notice.ts";

export function NoticeBar() {
  const current = notice.value;
  return (
    <div class="notice-place" role="status" aria-live="polite">
      {current && (
        <p class={`notice ${current.tone}`}>
          <Icon name={current.tone === "good" ? "check" : "alert"} />
          <span>{current.text}</span>
          <button
            type="button"
            class="icon-button small"
            aria-label="Dismiss"
            onClick={() => (notice.value = undefined)}
          >
            <Icon name="close" />
          </button>
        </p>
      )}
    </div>
  );
}
