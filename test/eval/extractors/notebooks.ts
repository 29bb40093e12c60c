import type { Random } from "../../soak/random.ts";
import { languages } from "./sentences.ts";

/** A Jupyter notebook: text, code, and outputs as text, as HTML and as a picture. */
export function makeNotebook(random: Random, cells: number): string {
  const sentence = (): string => random.pick(random.pick(languages).sentences);
  const made = Array.from({ length: cells }, (_, index) => {
    const id = `cell-${index}`;
    if (random.chance(0.5)) {
      return { cell_type: "markdown", id, metadata: {}, source: [`## Step ${index}\n`, `\n`, sentence()] };
    }
    const outputs = [
      { output_type: "stream", name: "stdout", text: [`${sentence()}\n`] },
      {
        output_type: "execute_result",
        execution_count: index,
        metadata: {},
        data: { "text/plain": [`total ${random.int(9_999)}`], "image/png": "iVBORw0KGgoAAAANSUhEUg==" },
      },
    ];
    return {
      cell_type: "code",
      id,
      metadata: {},
      execution_count: index,
      source: [`prices_${index} = load("orders-${index}.csv")\n`, `print(prices_${index}.sum())`],
      outputs: outputs.slice(0, 1 + random.int(2)),
    };
  });
  const metadata = { kernelspec: { name: "python3", display_name: "Python 3", language: "python" } };
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: made }, null, 1);
}
