import { Counter, Histogram, LATENCY_BUCKETS, type Registry } from '#libs/platform';

/** What the writers and the projector did, batch by batch, for Prometheus. */
export class BatchMetrics {
  readonly #commands: Counter;
  readonly #events: Counter;
  readonly #appendSeconds: Histogram;
  readonly #projected: Counter;
  readonly #projectSeconds: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#commands = new Counter({
      name: 'ledger_commands_total',
      help: 'Commands that the writers decided',
      registers,
    });
    this.#events = new Counter({
      name: 'ledger_events_appended_total',
      help: 'Events appended to the log',
      registers,
    });
    this.#appendSeconds = new Histogram({
      name: 'ledger_append_batch_seconds',
      help: 'From deciding a batch to its being durable',
      buckets: LATENCY_BUCKETS,
      registers,
    });
    this.#projected = new Counter({
      name: 'ledger_events_projected_total',
      help: 'Events brought into the read models',
      registers,
    });
    this.#projectSeconds = new Histogram({
      name: 'ledger_projection_batch_seconds',
      help: 'One transaction of the projector',
      buckets: LATENCY_BUCKETS,
      registers,
    });
  }

  recorded({ commands, events, ms }: { commands: number; events: number; ms: number }): void {
    this.#commands.inc(commands);
    this.#events.inc(events);
    this.#appendSeconds.observe(ms / 1000);
  }

  projected({ events, milliseconds }: { events: number; milliseconds: number }): void {
    this.#projected.inc(events);
    this.#projectSeconds.observe(milliseconds / 1000);
  }
}
