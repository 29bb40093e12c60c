/**
 * The text of a response, as `response.text()`, but no longer than `maxBytes`: what is longer has its connection
 * closed, so that a server that never ends its answer can't fill the memory.
 * @param tooLong Makes the error that is thrown then; without it the text ends there.
 */
export async function boundedText(
  response: Response,
  maxBytes: number,
  tooLong?: () => Error,
): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      bytes += value.length;
      if (bytes > maxBytes) {
        if (tooLong) throw tooLong();
        return text;
      }
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    // Nothing more is wanted; a connection that fails now has nothing new to say.
    reader.cancel().catch(() => undefined);
  }
}
