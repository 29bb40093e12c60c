import * as v from "valibot";

/** A secret that was left out of a text. */
export const withheld = v.object({
  /** In the text, from 1; of a secret of several lines the first. */
  line: v.number(),
  /** What it looks like, for people: "GitHub token", "password". */
  kind: v.string(),
  /** Tells this value from others, for letting it through. Absent where no salt was given. */
  fingerprint: v.exactOptional(v.string()),
});
export type Withheld = Readonly<v.InferOutput<typeof withheld>>;
