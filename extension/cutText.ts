/** A model reads this much, and nobody asks about more by a selection. */
const longest = 20_000;

/** Selected text as it is asked about: a longer one is cut at a line's end. */
export function cutText(text: string): string {
  if (text.length <= longest) return text;
  const end = text.lastIndexOf("\n", longest);
  return text.slice(0, end > 0 ? end : longest);
}
