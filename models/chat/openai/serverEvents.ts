/**
 * The data of each event in a stream of server-sent events, given line by line. Comments, which keep a connection
 * alive, and other fields are passed over. llama.cpp of 2024 wrote "error:" where it meant data.
 */
export async function* serverEvents(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let data: string[] = [];
  for await (const line of lines) {
    if (line === "") {
      if (data.length > 0) yield data.join("\n");
      data = [];
      continue;
    }
    const [, field, value = ""] = /^(data|error)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === "data") data.push(value);
    else if (field === "error") yield value.startsWith('{"error"') ? value : `{"error":${value || '""'}}`;
    else if (/^\s*[{[<]/.test(line)) yield line;
  }
  if (data.length > 0) yield data.join("\n");
}
