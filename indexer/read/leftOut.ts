/** More than a person reads; a mail may have thousands of attachments. */
const mostNamed = 20;
const longestName = 200;

/** What was left out of a document, in one line: the first of it by name, the rest by its number. */
export function namedLeft(left: readonly string[]): string {
  const more = left.length - mostNamed;
  const named = left
    .slice(0, mostNamed)
    .map((name) => (name.length > longestName ? `${name.slice(0, longestName)}…` : name));
  return [...named, ...(more > 0 ? [`and ${more.toLocaleString("en")} more`] : [])].join("; ");
}
