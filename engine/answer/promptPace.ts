/** What the passages beyond the first may take, in milliseconds: more of them find more, but nobody waits for them. */
const mostMs = 5_000;
/** A passage of 1,050 characters, which is the mean, in the tokens that dense text makes of them. */
const passageTokens = 350;
/** How many of the last measurements are kept: a prompt that the server had seen before is read in no time. */
const kept = 3;

/** How fast each model reads prompts on this machine, as its last answers have shown. */
export class ReadingSpeed {
  /** Tokens in a millisecond. */
  private readonly speeds = new Map<string, number[]>();

  /** A prompt of so many tokens was read in so long, by a model that was loaded already. */
  learn(model: string, tokens: number, ms: number): void {
    if (tokens <= 0 || ms <= 0) return;
    this.speeds.set(model, [...(this.speeds.get(model) ?? []), tokens / ms].slice(-kept));
  }

  /** How many more passages than usual the model reads in little time, `most` at most; none while that is not known. */
  morePassages(model: string, most: number): number {
    const speeds = this.speeds.get(model) ?? [];
    if (speeds.length === 0) return 0;
    return Math.min(most, Math.floor((Math.min(...speeds) * mostMs) / passageTokens));
  }
}
