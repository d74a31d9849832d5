/** Splits an order such as ``metrics.acc DESC, params.`a, b` `` at the commas that stand in no quotes or backticks. */
export function orderClauses(text: string): readonly string[] {
  const clauses = text.match(/(?:`[^`]*`|"[^"]*"|'[^']*'|[^,`"']|[`"'])+/g) ?? [];
  return clauses.map((clause) => clause.trim()).filter((clause) => clause !== '');
}
