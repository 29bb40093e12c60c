/**
 * The model that is suggested where none is installed: it answers well on a laptop. The only place of the code
 * that names it; texts for people repeat it, and a test compares them with this.
 */
export const recommendedModel = { name: "qwen3:4b", bytes: 2.5e9 } as const;

/** The command that installs a model. It is shown, or put into a terminal; Carrel never runs it. */
export function pullCommand(model: string = recommendedModel.name): string {
  return `ollama pull ${model}`;
}
