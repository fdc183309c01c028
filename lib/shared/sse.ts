/** One event of a `text/event-stream`, ready to be written: a block of lines that ends with an empty one. */
export function encodeEvent(event: { data: string; event?: string; id?: string }): string {
  const id = event.id === undefined ? "" : `id: ${event.id}\n`;
  const name = event.event === undefined ? "" : `event: ${event.event}\n`;
  const data = event.data.includes("\n") || event.data.includes("\r") ? event.data.split(/\r\n|\r|\n/) : [event.data];
  return `${id}${name}data: ${data.join("\ndata: ")}\n\n`;
}
