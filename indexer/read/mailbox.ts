const separator = Buffer.from("\nFrom ");
/** "From eve@example.org Thu Mar  4 10:00:00 2026": what stands before each mail of an mbox file. */
const envelope = /^From \S.*\b\d{4}\b/;

/** The messages of an mbox file; anything else is one message. */
export function messagesOf(bytes: Buffer): Buffer[] {
  if (!envelope.test(lineAt(bytes, 0))) return [bytes];
  const starts = [0];
  for (let at = bytes.indexOf(separator); at >= 0; at = bytes.indexOf(separator, at + 1)) {
    // A blank line stands before it; the same words in a mail's text have ">" before them or no date.
    const isAfterBlank = bytes[at - 1] === 10 || (bytes[at - 1] === 13 && bytes[at - 2] === 10);
    if (isAfterBlank && envelope.test(lineAt(bytes, at + 1))) starts.push(at + 1);
  }
  return starts.map((start, i) => {
    const headers = bytes.indexOf(10, start) + 1;
    return bytes.subarray(headers, starts[i + 1] ?? bytes.length);
  });
}

function lineAt(bytes: Buffer, at: number): string {
  const end = bytes.indexOf(10, at);
  return bytes.toString("latin1", at, Math.min(end < 0 ? bytes.length : end, at + 300));
}
