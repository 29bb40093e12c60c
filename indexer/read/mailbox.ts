const separator = Buffer.from("\nFrom ");
/** "From eve@example.org Thu Mar  4 10:00:00 2026": what stands before each mail of an mbox file. */
const envelope = /^From \S.*\b\d{4}\b/;

/** The messages of an mbox file; anything else is one message. */
export function messagesOf(bytes: Buffer): Buffer[] {
  if (!envelope.test(lineAt(bytes, 0))) return [bytes];
  const starts = [0];
  for (let at = bytes.indexOf(separator); at >= 0; at = bytes.indexOf(separator, at + 1)) {
    // A blank line stands before it, and a mail's headers after it; in a mail's text such words should have ">" before
    // them, which not all programs write ("From January 2024 on the price is …").
    const isAfterBlank = bytes[at - 1] === 10 || (bytes[at - 1] === 13 && bytes[at - 2] === 10);
    if (isAfterBlank && envelope.test(lineAt(bytes, at + 1)) && isBeforeHeader(bytes, at + 1))
      starts.push(at + 1);
  }
  return starts.map((start, i) => {
    const headers = bytes.indexOf(10, start) + 1;
    return bytes.subarray(headers, starts[i + 1] ?? bytes.length);
  });
}

/** Whether the line after this one may be a mail's first header. */
function isBeforeHeader(bytes: Buffer, at: number): boolean {
  const end = bytes.indexOf(10, at);
  return end >= 0 && /^[!-9;-~]+:/.test(lineAt(bytes, end + 1));
}

function lineAt(bytes: Buffer, at: number): string {
  const end = bytes.indexOf(10, at);
  return bytes.toString("latin1", at, Math.min(end < 0 ? bytes.length : end, at + 300));
}
