/** Sends bytes as they are, and reads the answer up to the end of the connection. */
export async function rawRequest(
  port: number,
  text: string,
): Promise<{ status: number; head: string; body: string }> {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  const answer: string[] = [];
  const deadline = setTimeout(() => socket.close(), 5_000);
  try {
    // Each character becomes one byte.
    const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
    const writer = socket.writable.getWriter();
    await writer.write(bytes);
    for await (
      const chunk of socket.readable.pipeThrough(new TextDecoderStream())
    ) {
      answer.push(chunk);
    }
  } finally {
    clearTimeout(deadline);
  }
  const [head = "", body = ""] = answer.join("").split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), head, body };
}
