import type { FastifyInstance } from 'fastify';

/** Remembers every route, so that a wrong method is told from a wrong address. */
export class RouteTable {
  readonly #routes: { methods: string[]; pattern: RegExp }[] = [];

  /** Listens for the routes that are registered from now on. */
  watch(instance: FastifyInstance): void {
    instance.addHook('onRoute', ({ method, url }) => {
      const pattern = url
        .split('/')
        .map((part) =>
          part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
        )
        .join('/');
      this.#routes.push({
        methods: Array.isArray(method) ? method : [method],
        pattern: new RegExp(`^${pattern}$`),
      });
    });
  }

  /** The methods that this path takes; empty when there is nothing at it. */
  methodsOf(path: string): string[] {
    const found = this.#routes.filter((r) => r.pattern.test(path)).flatMap((r) => r.methods);
    return [...new Set(found)].sort();
  }
}
