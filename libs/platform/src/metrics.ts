import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export { Counter, Gauge, Histogram, Registry };

/** Seconds, from a write that was grouped (1 ms) to a query that was too slow (10 s). */
export const LATENCY_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/**
 * The metrics of one process: Node's own and whatever is made with `registers: [registry]`. Not
 * prom-client's global registry, which two apps in one test process would share.
 * @param labels put on every metric, e.g. `{ role: 'standalone' }`.
 */
export function createMetrics(labels: Readonly<Record<string, string>> = {}): Registry {
  const registry = new Registry();
  registry.setDefaultLabels(labels);
  collectDefaultMetrics({ register: registry });
  return registry;
}

/**
 * A gauge whose value is asked for when the metrics are read. An error of `read` is told to
 * `onError` and leaves the gauge out of the answer: metrics must not fail with what they watch.
 */
export function observe(
  registry: Registry,
  name: string,
  help: string,
  read: () => number | Promise<number>,
  onError: (error: unknown) => void,
): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      try {
        this.set(await read());
      } catch (error) {
        this.remove();
        onError(error);
      }
    },
  });
}
