// @ts-check
// Requests that answer with a stream of events, one JSON object a line.

const UNREACHABLE =
  "The server cannot be reached, or broke off. Check that it is running, then press Run again.";

/**
 * Calls onEvent for each event. Rejects with a sentence for the user, or with AbortError when stopped.
 * @param {string} url
 * @param {unknown} body
 * @param {AbortSignal | null} signal
 * @param {(event: any) => void} onEvent
 */
export async function stream(url, body, signal, onEvent) {
  const headers = { "Content-Type": "application/json" };
  const response = await reached(fetch(url, { method: "POST", headers, body: JSON.stringify(body), signal }));
  if (!response.ok || !response.body) throw new Error(await refusal(response));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reached(reader.read());
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop() || "";
    lines.filter(Boolean).forEach((line) => onEvent(JSON.parse(line)));
  }
}

/**
 * The browser calls every failure of the network a TypeError.
 * @template T
 * @param {Promise<T>} answer
 */
async function reached(answer) {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof TypeError ? new Error(UNREACHABLE) : error;
  }
}

/** @param {Response} response */
async function refusal(response) {
  const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
  if (isJson) return (await response.json()).message;
  const advice = "Try again; if it stays, look into the server's log.";
  return `The server could not do this (status ${response.status}). ${advice}`;
}
