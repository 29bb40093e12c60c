import type { ComponentChildren, JSX } from "preact";
import { Icon } from "./Icon.tsx";

interface Props {
  readonly kind: "error" | "warning" | "info";
  readonly message: string;
  readonly remedy?: string | undefined;
  /** Buttons. */
  readonly children?: ComponentChildren;
}

/** What happened, what to do about it, and the buttons that do it. */
export function Notice({ kind, message, remedy, children }: Props): JSX.Element {
  return (
    <div class={`notice ${kind}`} data-testid="notice">
      {kind !== "info" && <Icon name={kind} />}
      <div class="notice-body">
        <p>{message}</p>
        {remedy && <p class="quiet-text">{remedy}</p>}
        {children && <div class="buttons">{children}</div>}
      </div>
    </div>
  );
}
