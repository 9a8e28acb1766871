export interface Edge {
  eventId: string;
  from: string;
  into: string;
}

/**
 * The ids of the edges that lie on a cycle: those whose two ends reach each other (Tarjan's
 * strongly connected components, without recursion, so that no chain is too long).
 */
export function edgesOnCycles(edges: readonly Edge[]): string[] {
  const out = new Map<string, string[]>();
  for (const { from, into } of edges) {
    const targets = out.get(from);
    if (targets) targets.push(into);
    else out.set(from, [into]);
  }
  const component = components(out);
  return edges.filter((e) => component.get(e.from) === component.get(e.into)).map((e) => e.eventId);
}

/** Node to the number of its strongly connected component. */
function components(out: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const component = new Map<string, number>();
  const open: string[] = [];
  const lower = (node: string, value: number) => {
    low.set(node, Math.min(low.get(node) ?? value, value));
  };

  for (const root of out.keys()) {
    if (index.has(root)) continue;
    const path = [{ node: root, next: 0 }];
    while (path.length > 0) {
      const at = path[path.length - 1];
      if (!at) break;
      const { node } = at;
      if (at.next === 0) {
        index.set(node, index.size);
        lower(node, index.size - 1);
        open.push(node);
      }
      const target = out.get(node)?.[at.next];
      at.next += 1;
      if (target === undefined) {
        path.pop();
        const own = low.get(node) ?? 0;
        const parent = path.at(-1);
        if (parent) lower(parent.node, own);
        if (own === index.get(node)) {
          let member: string | undefined;
          do {
            member = open.pop();
            if (member !== undefined) component.set(member, own);
          } while (member !== undefined && member !== node);
        }
      } else if (!index.has(target)) path.push({ node: target, next: 0 });
      else if (!component.has(target)) lower(node, index.get(target) ?? 0);
    }
  }
  return component;
}
