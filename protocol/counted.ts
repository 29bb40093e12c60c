/** "1 file", "2,000 files": how many of something there are, as people read it. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${value.toLocaleString("en")} ${value === 1 ? one : many}`;
}
