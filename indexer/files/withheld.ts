/** A secret that was left out of a text. */
export interface Withheld {
  /** In the text, from 1; of a secret of several lines the first. */
  readonly line: number;
  /** What it looks like, for people: "GitHub token", "password". */
  readonly kind: string;
  /** Tells this value from others, for letting it through. Absent where no salt was given. */
  readonly fingerprint?: string;
}
