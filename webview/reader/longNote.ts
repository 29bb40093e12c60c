/** Says which pages of a very long PDF stand here. */
export function longNote(first: number, count: number, pages: number): HTMLElement {
  const [from, to, all] = [first, first + count - 1, pages].map((number) => number.toLocaleString("en"));
  const note = document.createElement("p");
  note.className = "note";
  note.textContent = `This PDF is long: pages ${from} to ${to} of ${all} stand here. Type the number of another one above to go there; finding looks through all.`;
  return note;
}
