/**
 * Something that the extension sends before it is asked for it, where it can: then it is there when the extension has
 * answered the page's first question, since messages come in order.
 */
export class Given<T> {
  private readonly coming = Promise.withResolvers<void>();
  private value: T | undefined;

  put(value: T): void {
    this.value = value;
    this.coming.resolve();
  }

  /** Takes it, once. When it has not come by then, and for each later time, it is asked for. */
  async take(answered: Promise<unknown>, ask: () => Promise<T>): Promise<T> {
    await Promise.race([this.coming.promise, answered.catch(() => undefined)]);
    const { value } = this;
    this.value = undefined;
    return value ?? (await ask());
  }
}
