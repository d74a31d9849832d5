import type { Analysis } from './analysis.ts';

interface Step {
  readonly node: { readonly start: number; readonly end: number };
  readonly needs: readonly string[];
}

/** Reports each circle of steps that wait for one another once, where its first step is named. */
export function reportCycles(graph: ReadonlyMap<string, Step>, what: string, analysis: Analysis): void {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (name: string) => {
    const from = path.indexOf(name);
    if (from >= 0) {
      report(path.slice(from), name);
      return;
    }
    const step = graph.get(name);
    if (!step || done.has(name)) return;
    path.push(name);
    for (const other of step.needs) visit(other);
    path.pop();
    done.add(name);
  };
  const report = (circle: readonly string[], name: string) => {
    const first = [...graph.keys()].find((each) => circle.includes(each)) ?? name;
    const start = circle.indexOf(first);
    const ordered = [...circle.slice(start), ...circle.slice(0, start), first];
    const place = graph.get(first)?.node;
    if (!place) return;
    analysis.report({
      code: 'ecosystem-cycle',
      start: place.start,
      end: place.end,
      message:
        circle.length === 1
          ? `The ${what} \`${first}\` waits for itself.`
          : `These ${what}s wait for one another: ${ordered.join(' → ')}.`,
    });
  };
  for (const name of graph.keys()) visit(name);
}
