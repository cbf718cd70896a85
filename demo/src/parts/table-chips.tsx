interface TableChipsProps {
  readonly tables: ReadonlyArray<{ readonly name: string; readonly note: string }>;
  readonly current: string | undefined;
  /** What is said when there are none. */
  readonly empty: string;
  readonly onPick: (name: string) => void;
}

export function TableChips({ tables, current, empty, onPick }: TableChipsProps) {
  if (tables.length === 0) return <p class="data-note muted">{empty}</p>;
  return (
    <nav class="chips" aria-label="Tables">
      {tables.map(({ name, note }) => (
        <button
          key={name}
          type="button"
          aria-current={name === current ? "true" : undefined}
          onClick={() => onPick(name)}
        >
          {name} <span class="count">{note}</span>
        </button>
      ))}
    </nav>
  );
}
