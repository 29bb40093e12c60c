/** Whether a path is this place or lies below it; both relative to one folder, with "/". "" is the folder itself. */
export function isAtOrBelow(path: string, place: string): boolean {
  return place === "" || path === place || path.startsWith(`${place}/`);
}
