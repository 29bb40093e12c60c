import * as v from "valibot";
import * as data from "../protocol/data.ts";
import { machineReport } from "../protocol/machine.ts";
import { place } from "../protocol/places.ts";

/**
 * What the commands write with --json: the terminal's contract. `npm run schemas` makes docs/schema of it. Fields
 * are added in time and none is taken away, so that readers should let others pass.
 */

const hit = v.object({
  path: v.pipe(
    v.string(),
    v.description(
      'The file, from the folder on, with "/" between its parts; "." for an overview of the folder itself, which is made from its index.',
    ),
  ),
  startLine: v.pipe(
    v.number(),
    v.integer(),
    v.description("From 1. For documents the line of the extracted text."),
  ),
  endLine: v.pipe(v.number(), v.integer(), v.description("The last line, which belongs to the passage.")),
  page: v.exactOptional(
    v.pipe(v.number(), v.integer(), v.description("From 1, in documents that have pages.")),
  ),
  place: v.exactOptional(
    v.pipe(
      place,
      v.description("In documents that count something else: slide, sheet and cells, chapter, …"),
    ),
  ),
  heading: v.exactOptional(v.pipe(v.string(), v.description("The heading or symbol that it stands under."))),
  score: v.pipe(
    v.number(),
    v.description(
      "How well it matches, from 0 to 1; the same means the same from one query to the next. Hits stand in the order of their rank, which goes by more than that.",
    ),
  ),
  text: v.string(),
  before: v.exactOptional(
    v.pipe(v.string(), v.description("With --neighbours: the text of the chunks before it.")),
  ),
  after: v.exactOptional(
    v.pipe(v.string(), v.description("With --neighbours: the text of the chunks after it.")),
  ),
});
export type HitDocument = v.InferOutput<typeof hit>;

const words = v.object({
  number: v.pipe(v.number(), v.description("The number of the cited passage.")),
  text: v.string(),
});

const answerWithoutParts = v.omit(data.answer, ["text", "passages", "nearest", "sentences"]);

const ask = v.object({
  ...answerWithoutParts.entries,
  answer: v.pipe(
    v.string(),
    v.description('"" when no model has written one: then the passages are the answer.'),
  ),
  citations: v.pipe(
    v.array(v.object({ number: v.number(), ...hit.entries })),
    v.description("The passages that the answer cites, with their numbers in it."),
  ),
  checked: v.pipe(
    v.array(
      v.object({
        sentence: v.string(),
        cites: v.array(v.number()),
        verdict: data.verdict,
        missing: v.pipe(v.array(v.string()), v.description("What the cited passages do not say.")),
        differences: v.pipe(
          v.array(data.difference),
          v.description("What the cited passages say otherwise, for a contradicted sentence."),
        ),
        nearest: v.exactOptional(
          v.pipe(words, v.description("The sentence of a cited passage that is nearest.")),
        ),
        confirmed: v.exactOptional(
          v.pipe(words, v.description("The words that a second reader gave for it, which do stand there.")),
        ),
      }),
    ),
    v.description("Each sentence of the answer, held against what it cites."),
  ),
  passages: v.array(hit),
  nearest: v.exactOptional(
    v.pipe(v.array(hit), v.description("Where nothing in the files matches, the little that comes nearest.")),
  ),
  connections: v.pipe(v.array(data.connection), v.description("What was opened or refused for this.")),
});
export type AskDocument = v.InferOutput<typeof ask>;

const status = v.object({
  ...data.indexStatus.entries,
  skipped: v.pipe(v.array(data.skipped), v.description("Files that are not in the index, and why.")),
  withheld: v.pipe(v.array(data.withheld), v.description("Secrets that were left out of indexed files.")),
});
export type StatusDocument = v.InferOutput<typeof status>;

const queries = v.object({
  id: v.union([v.string(), v.number()]),
  hits: v.pipe(v.array(hit), v.description("Empty when nothing matches.")),
  nearest: v.pipe(v.array(hit), v.description("Where nothing matches, the little that comes nearest.")),
});
export type QueriesDocument = v.InferOutput<typeof queries>;

/** By command; "queries" is one line of `search --queries`, "models" is what `doctor --models` prints. */
export const documents = {
  index: data.indexSummary,
  search: v.array(hit),
  queries,
  ask,
  status,
  doctor: v.array(data.check),
  models: machineReport,
  privacy: v.array(data.connection),
} as const;
