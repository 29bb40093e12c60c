/**
 * What a hit's score is made of: by how much it matches, whatever else was found. `coverage` is the share of the
 * question's own words that stand in it, counted as if there were one more that does not: one of one word tells less
 * than eight of eight.
 */
export interface Match {
  readonly coverage: number;
  /** Cosine by the bundled static model; undefined for another model, whose cosines mean something else. */
  readonly similarity: number | undefined;
  /** Cosine by the bundled transformer; undefined while it has not read the chunk. */
  readonly refined: number | undefined;
  /** Share of the question's words that the static model knows. */
  readonly known: number;
}

/**
 * A hit whose score is lower matches no better than what is found for questions that the folder has no answer to.
 * Chosen so that few questions that have an answer find nothing above it (docs/search.md).
 */
export const floor = 0.2;

/** The same for passages that are related to a passage: two passages share more than a question and its answer. */
export const relatedFloor = 0.75;

/** The models say little of a question of which they know fewer words, in another language for instance. */
const leastKnown = 0.7;

/**
 * How well a hit matches, from 0 to 1; the same number means the same from one question to the next. Logistic
 * regressions on right passages and on what was found for the questions of other folders. With a
 * model of the user's own there is nothing to go by but the words, so nothing is below a floor.
 */
export function matchScore({ coverage, similarity, refined, known }: Match): number {
  if (similarity === undefined) return Math.max(relatedFloor, coverage);
  if (known < leastKnown) return coverage;
  if (refined === undefined) return logistic(17.4 * similarity + 10.7 * coverage - 8);
  return logistic(20.5 * refined + 4 * similarity + 7.3 * coverage - 9.65);
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
