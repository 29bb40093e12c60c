import { setTimeout as sleep } from "node:timers/promises";
import type { Handlers } from "../../protocol/channel.ts";
import type { Answer, ChatServer, CheckedSentence, Example, Hit, IndexStatus } from "../../protocol/data.ts";
import type { PanelHostContract } from "../../protocol/panel.ts";

/** What an extension would send: a believable index, passages, answers. */

export const readyIndex: IndexStatus = {
  state: "ready",
  done: 512,
  total: 512,
  files: 512,
  chunks: 4210,
  refined: 0,
  skipped: 3,
  writer: true,
  embedding: "bundled",
};

export const chatReady: ChatServer = {
  url: "http://127.0.0.1:11434",
  state: "ready",
  version: "0.12.3",
  models: [{ name: "qwen3:8b", sizeBytes: 5_200_000_000 }],
  chosen: "qwen3:8b",
};

export const chatDown: ChatServer = {
  url: "http://127.0.0.1:11434",
  state: "down",
  detail: "No model server answers at 127.0.0.1:11434.",
  remedy: "Install and start Ollama.",
  models: [],
};

function hit(text: string, marked: readonly string[], rest: Partial<Hit> & Pick<Hit, "path">): Hit {
  return {
    folder: "/home/ada/office",
    kind: "prose",
    language: "markdown",
    startLine: 1,
    endLine: text.split("\n").length,
    score: 0.8,
    text,
    marks: marked.map((mark) => [text.indexOf(mark), text.indexOf(mark) + mark.length]),
    ...rest,
  };
}

const lease = `7. Term and termination

7.1 The lease begins on 1 March 2024 and runs for five years. It renews by one year at a time unless a party gives notice.

7.2 Either party may end the lease by notice in writing. The notice period is three months to the end of a quarter.

7.3 The landlord may end the lease without notice if the rent is more than two months late.`;

const code = `export function noticeDate(end: Date, months = 3): Date {
  // Notice counts to the end of a quarter.
  const date = new Date(end);
  date.setMonth(date.getMonth() - months);
  return endOfQuarter(date);
}`;

export const passages: readonly Hit[] = [
  hit(lease, ["The notice period is three months to the end of a quarter."], {
    path: "contracts/harbour-street/lease-2024.pdf",
    kind: "document",
    language: "pdf",
    page: 3,
    heading: "7. Term and termination",
    startLine: 88,
    endLine: 94,
  }),
  hit(code, ["  date.setMonth(date.getMonth() - months);"], {
    path: "src/deadlines/notice.ts",
    kind: "code",
    language: "typescript",
    heading: "noticeDate",
    startLine: 14,
    endLine: 19,
  }),
  hit("Rent is due on the third working day of each month. Late rent is reminded after ten days.", [], {
    path: "handbook/rents.md",
    heading: "Rents › Due dates",
    startLine: 31,
  }),
  hit("Meeting of 4 May: Ms Okafor asks whether the lease can be ended in the autumn.", [], {
    path: "minutes/2025-05-04.docx",
    kind: "document",
    language: "docx",
    startLine: 12,
  }),
];

export const answerText = `The lease can be ended **by notice in writing**, with a notice period of three months to the end of a quarter [1]. It began on 1 March 2024 and runs for seven years [1].

In the software the date is computed by \`noticeDate\`, which takes the months as a parameter [2]:

\`\`\`typescript
const date = new Date(end);
date.setMonth(date.getMonth() - 3);
\`\`\`

So the next possible date depends on the quarter.`;

function sentence(
  text: string,
  verdict: CheckedSentence["verdict"],
  cites: number[],
  missing: string[] = [],
): CheckedSentence {
  const start = answerText.indexOf(text);
  return { range: [start, start + text.length], verdict, cites, missing, differences: [] };
}

export const answer: Answer = {
  written: true,
  text: answerText,
  passages: [...passages],
  sentences: [
    sentence(
      "The lease can be ended **by notice in writing**, with a notice period of three months to the end of a quarter [1].",
      "supported",
      [1],
    ),
    sentence("It began on 1 March 2024 and runs for seven years [1].", "unconfirmed", [1], ["seven years"]),
    sentence(
      "In the software the date is computed by `noticeDate`, which takes the months as a parameter [2]:",
      "supported",
      [2],
    ),
    sentence("So the next possible date depends on the quarter.", "uncited", []),
  ],
  model: "qwen3:8b",
  context: { promptTokens: 3120, contextWindow: 8192, passagesUsed: 4, passagesLeftOut: 2, turnsLeftOut: 0 },
  timings: { searchMs: 38, firstTokenMs: 900, answerMs: 4200 },
};

/** An answer that is right. */
export const supportedAnswer: Answer = {
  ...answer,
  sentences: answer.sentences.filter(({ verdict }) => verdict === "supported"),
};

const checkedText = `The lease can be ended **by notice in writing** [1]. The notice period is six months to the end of a quarter [1]. It suits tenants who plan ahead [1]. Most tenants do not read this far.

| Term | Length | Source |
|---|---|---|
| First term | five years | [1] |
| Renewal | two years | [1] |
| Deposit | three months' rent | |
| Pets | not allowed | |

- Rent is due on the third working day of each month [3].
- The bank is told at once.
- \`noticeDate\` counts to the end of a quarter [2].

Ms Okafor wants to know whether one can leave in the autumn [4].`;

/** Where words stand in a passage, by its number. */
function words(passage: number, text: string): { passage: number; range: [number, number] } {
  const start = passages[passage - 1]?.text.indexOf(text) ?? -1;
  return { passage, range: [start, start + text.length] };
}

/** The check of a sentence of `checkedText`, with what a checker says beyond its verdict. */
function check(
  text: string,
  verdict: CheckedSentence["verdict"],
  cites: number[],
  rest: Partial<CheckedSentence> = {},
): CheckedSentence {
  const start = checkedText.indexOf(text);
  return { range: [start, start + text.length], cites, verdict, missing: [], differences: [], ...rest };
}

/** An answer that holds all that a check can say: of sentences, rows of a table and points of a list. */
export const checkedAnswer: Answer = {
  ...answer,
  reader: "qwen3:8b",
  text: checkedText,
  sentences: [
    check("The lease can be ended **by notice in writing** [1].", "supported", [1], {
      nearest: words(1, "Either party may end the lease by notice in writing."),
    }),
    check("The notice period is six months to the end of a quarter [1].", "contradicted", [1], {
      differences: [{ kind: "number", said: "six", source: "three" }],
      nearest: words(1, "The notice period is three months to the end of a quarter."),
    }),
    check("It suits tenants who plan ahead [1].", "unconfirmed", [1], { missing: ["suits", "plan ahead"] }),
    check("Most tenants do not read this far.", "uncited", []),
    check("| First term | five years | [1] |", "supported", [1], {
      nearest: words(1, "7.1 The lease begins on 1 March 2024 and runs for five years."),
    }),
    check("| Renewal | two years | [1] |", "contradicted", [1], {
      differences: [{ kind: "number", said: "two years", source: "one year" }],
      nearest: words(1, "It renews by one year at a time unless a party gives notice."),
    }),
    check("| Deposit | three months' rent | |", "uncited", []),
    check("| Pets | not allowed | |", "uncited", []),
    check("Rent is due on the third working day of each month [3].", "supported", [3]),
    check("The bank is told at once.", "uncited", []),
    check("`noticeDate` counts to the end of a quarter [2].", "supported", [2], {
      nearest: words(2, "  // Notice counts to the end of a quarter."),
    }),
    check("Ms Okafor wants to know whether one can leave in the autumn [4].", "supported", [4], {
      confirmed: words(4, "Ms Okafor asks whether the lease can be ended in the autumn."),
    }),
  ],
};

export const passageAnswer: Answer = {
  written: false,
  text: "",
  passages: [...passages],
  sentences: [],
  notice: "These passages match best. For a written answer, Carrel needs a model server on this machine.",
  timings: { searchMs: 38, answerMs: 40 },
};

/** An answer whose whole text is `text`, as a model would give it. */
export function written(text: string, rest: Partial<Answer> = {}): Answer {
  return { ...answer, text, sentences: [], ...rest };
}

const exampleQuestions: Example[] = [
  { question: "What is in this workspace?" },
  {
    question: "What does lease-2024 say about “Notice and termination”?",
    folder: "/home/ada/office",
    path: "contracts/harbour-street/lease-2024.pdf",
  },
  {
    question: "Where is noticeDate defined, and what does it do?",
    folder: "/home/ada/office",
    path: "src/deadlines/notice.ts",
  },
];

export const defaultHandlers: Handlers<PanelHostContract> = {
  ready: () => ({
    engine: { state: "running" },
    status: readyIndex,
    opensOutside: true,
    folders: [{ path: "/home/ada/office", name: "office" }],
  }),
  async ask(_params, { progress, signal }) {
    progress({ type: "stage", stage: "searching" });
    progress({ type: "passages", passages: [...passages] });
    progress({ type: "stage", stage: "writing" });
    for (const text of answerText.match(/\S+\s*/g) ?? []) {
      progress({ type: "text", text });
      await sleep(2, undefined, { signal });
    }
    progress({ type: "stage", stage: "checking" });
    return answer;
  },
  readAgain: ({ sentences }) => ({ sentences: [...sentences] }),
  openPassage: () => ({}),
  examples: () => ({ examples: exampleQuestions }),
  chatServer: () => chatReady,
  command: () => ({}),
  copy: () => ({}),
};
