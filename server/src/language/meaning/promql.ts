import { parser } from '@prometheus-io/lezer-promql';

/** Where a query stops making sense, by offsets in its text; null for one that can be read. */
export function promqlProblem(query: string): { start: number; end: number } | null {
  const expressions = [...query.matchAll(/\$\{\{[\s\S]*?\}\}/g)].map((found) => ({
    start: found.index,
    end: found.index + found[0].length,
  }));
  // What an expression will give may be a name, a number or part of a text: it is wrong only where neither fits.
  const problems = ['x', '1'].map((filler) => firstError(filled(query, filler)));
  if (problems.includes(null)) return null;
  const [problem] = problems;
  const insideExpression = expressions.some(
    (each) => problem && problem.start >= each.start && problem.start <= each.end,
  );
  return problem && !insideExpression ? problem : null;
}

function filled(query: string, filler: string): string {
  return query.replace(/\$\{\{[\s\S]*?\}\}/g, (expression) => filler.repeat(expression.length));
}

function firstError(query: string): { start: number; end: number } | null {
  let problem: { start: number; end: number } | null = null;
  parser.parse(query).iterate({
    enter: (node) => {
      if (problem) return false;
      if (node.type.isError) problem = { start: node.from, end: node.to };
      return undefined;
    },
  });
  return problem;
}
