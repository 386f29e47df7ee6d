// The service: the streamed answer, the articles, and errors as the service describes them (RFC 9457).

/** An error that is shown: what happened, and what to do next. */
export class Problem extends Error {
  constructor({ title, detail = "", hint = "" }) {
    super(title);
    Object.assign(this, { title, detail, hint });
  }
}

const unreachable = () => new Problem({
  title: "The server does not answer",
  detail: "The connection failed or was lost.",
  hint: "See whether `dossier serve` still runs, then try again.",
});

async function request(address, options) {
  let response;
  try {
    response = await fetch(address, options);
  } catch (error) {
    throw error.name === "AbortError" ? error : unreachable();
  }
  if (response.ok) return response;
  const described = await response.json().catch(() => null);
  throw new Problem(described ?? { title: `The server answered with ${response.status}` });
}

/** A stretch of the list of articles, and how many there are. */
export async function listArticles(limit) {
  return (await request(`/v1/articles?limit=${limit}`)).json();
}

/** One article with its text. */
export async function getArticle(id) {
  return (await request(`/v1/articles/${encodeURIComponent(id)}`)).json();
}

/** The events of one answer, as they come: {name, data}. Ends after `done`; throws a Problem when the stream breaks off. */
export async function* ask(question, signal) {
  const response = await request("/v1/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...question, stream: true }),
    signal,
  });
  for await (const event of events(response.body)) {
    if (event.name === "done") return;
    if (event.name === "error") throw new Problem(event.data);
    yield event;
  }
  throw unreachable();
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  try {
    for (;;) {
      const { value, done } = await reader.read().catch((error) => {
        throw error.name === "AbortError" ? error : unreachable();
      });
      if (done) return;
      const blocks = (buffer + value).split("\n\n");
      buffer = blocks.pop();
      yield* blocks.map(parse).filter(Boolean);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function parse(block) {
  const lines = block.split("\n");
  const name = lines.find((line) => line.startsWith("event: "))?.slice(7);
  const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
  return name && { name, data: JSON.parse(data) }; // a comment keeps the connection alive and has no name
}
