import * as http from 'node:http';

export interface HttpAnswer {
  status: number;
  body: string;
}

/** Requests over kept connections, with as little of its own cost as node allows. */
export class HttpClient {
  readonly #agent: http.Agent;

  constructor(
    private readonly url: string,
    connections: number,
  ) {
    this.#agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  }

  request(
    method: string,
    path: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const request = http.request(
        `${this.url}${path}`,
        {
          method,
          agent: this.#agent,
          headers: {
            ...headers,
            ...(body !== undefined && {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(body),
            }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            resolve({
              status: response.statusCode ?? 0,
              body: Buffer.concat(chunks).toString(),
            });
          });
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

export interface Load {
  /** Requests per second. */
  rate: number;
  /** Milliseconds of each request. */
  latencies: number[];
}

/** So many clients, each sending its next request when the last one was answered. */
export async function drive(
  clients: number,
  requests: number,
  send: (n: number) => Promise<void>,
): Promise<Load> {
  const latencies: number[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    for (let n = next++; n < requests; n = next++) {
      const sent = performance.now();
      await send(n);
      latencies.push(performance.now() - sent);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  return { rate: (requests * 1_000) / (performance.now() - started), latencies };
}
