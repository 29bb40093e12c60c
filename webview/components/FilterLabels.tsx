import type { JSX } from "preact";

/** The filters as they were understood, each a label of its own; nothing where there are none. */
export function FilterLabels({ labels }: { readonly labels: readonly string[] }): JSX.Element | null {
  if (labels.length === 0) return null;
  return (
    <ul class="filters" aria-label="Filters" data-testid="filters">
      {labels.map((label) => (
        <li key={label} class="filter-label">
          {label}
        </li>
      ))}
    </ul>
  );
}
