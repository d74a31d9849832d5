/** Rows as small whole numbers, an array for each feature; all arrays are as long as there are rows. */
export interface Features {
  readonly rows: number;
  readonly columns: readonly { readonly codes: Uint8Array; readonly size: number; readonly ordered: boolean }[];
}

export interface BoostedTrees {
  /** Log-odds of the label 1 for each row. */
  scores(features: Features): Float64Array;
  /** How much the splits on each feature gained. */
  readonly gains: readonly number[];
}

const ROUNDS = 60;
const RATE = 0.15;
/** Three: what three columns do together can be seen, not only what each does alone. */
const DEPTH = 3;
const PENALTY = 1;
/** Least sum of second derivatives in a leaf: about so many rows times ¼. */
const LEAST_WEIGHT = 5;

/** A split of each inner node, breadth first, and a value for each leaf. Codes below `at` go left. */
interface Tree {
  readonly feature: Int16Array;
  readonly at: Uint8Array;
  readonly leaves: Float64Array;
}

/**
 * Gradient boosting of logistic loss with trees of depth three over histograms of codes: Chen and Guestrin, “XGBoost” (KDD 2016),
 * equations 5 to 7, without sampling of rows or columns, so that the same rows always give the same model. Values without an
 * order are put into that of their share of labels first: among the splits along it is the first tree's best one (Breiman et
 * al., “Classification and Regression Trees”, 1984, theorem 4.5).
 */
export function trainBoostedTrees(given: Features, labels: Uint8Array): BoostedTrees {
  const orders = given.columns.map((column) =>
    column.ordered ? null : orderByShare(column.codes, column.size, labels),
  );
  const features = reordered(given, orders);
  const gains = new Array<number>(given.columns.length).fill(0);
  const scores = new Float64Array(given.rows);
  const trees: Tree[] = [];
  const gradients = new Float64Array(given.rows);
  const weights = new Float64Array(given.rows);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let row = 0; row < given.rows; row += 1) {
      const probability = 1 / (1 + Math.exp(-(scores[row] ?? 0)));
      gradients[row] = probability - (labels[row] ?? 0);
      weights[row] = probability * (1 - probability);
    }
    const tree = growTree(features, { gradients, weights, gains });
    addScores(tree, features, scores);
    trees.push(tree);
  }
  return {
    gains,
    scores: (others) => {
      const found = new Float64Array(others.rows);
      const recoded = reordered(others, orders);
      for (const tree of trees) addScores(tree, recoded, found);
      return found;
    },
  };
}

function orderByShare(codes: Uint8Array, size: number, labels: Uint8Array): Uint8Array {
  const [all, ones] = [new Float64Array(size), new Float64Array(size)];
  for (let row = 0; row < codes.length; row += 1) {
    const code = codes[row] ?? 0;
    all[code] = (all[code] ?? 0) + 1;
    ones[code] = (ones[code] ?? 0) + (labels[row] ?? 0);
  }
  const share = (code: number) => ((ones[code] ?? 0) + 1) / ((all[code] ?? 0) + 2);
  const sorted = Array.from({ length: size }, (_, code) => code).sort((a, b) => share(a) - share(b) || a - b);
  const order = new Uint8Array(size);
  for (const [place, code] of sorted.entries()) order[code] = place;
  return order;
}

function reordered({ rows, columns }: Features, orders: readonly (Uint8Array | null)[]): Features {
  return {
    rows,
    columns: columns.map((column, index) => {
      const order = orders[index];
      return order ? { ...column, codes: column.codes.map((code) => order[code] ?? 0) } : column;
    }),
  };
}

interface Growing {
  readonly gradients: Float64Array;
  readonly weights: Float64Array;
  readonly gains: number[];
}

function growTree(features: Features, growing: Growing): Tree {
  const inner = 2 ** DEPTH - 1;
  const feature = new Int16Array(inner).fill(-1);
  const at = new Uint8Array(inner);
  // The node of each row, counted from 0 within its level.
  const nodes = new Uint8Array(features.rows);
  for (let level = 0; level < DEPTH; level += 1) {
    const count = 2 ** level;
    const splits = bestSplits(features, nodes, count, growing);
    for (const [node, split] of splits.entries()) {
      if (!split) continue;
      feature[count - 1 + node] = split.feature;
      at[count - 1 + node] = split.at;
      growing.gains[split.feature] = (growing.gains[split.feature] ?? 0) + split.gain;
    }
    for (let row = 0; row < features.rows; row += 1) {
      const split = splits[nodes[row] ?? 0];
      const right = split && (features.columns[split.feature]?.codes[row] ?? 0) >= split.at ? 1 : 0;
      nodes[row] = (nodes[row] ?? 0) * 2 + right;
    }
  }
  const [sums, weights] = [new Float64Array(inner + 1), new Float64Array(inner + 1)];
  for (let row = 0; row < features.rows; row += 1) {
    const leaf = nodes[row] ?? 0;
    sums[leaf] = (sums[leaf] ?? 0) + (growing.gradients[row] ?? 0);
    weights[leaf] = (weights[leaf] ?? 0) + (growing.weights[row] ?? 0);
  }
  return { feature, at, leaves: sums.map((sum, leaf) => (-RATE * sum) / ((weights[leaf] ?? 0) + PENALTY)) };
}

interface Split {
  readonly feature: number;
  readonly at: number;
  readonly gain: number;
}

function bestSplits(
  { rows, columns }: Features,
  nodes: Uint8Array,
  count: number,
  { gradients, weights }: Growing,
): readonly (Split | null)[] {
  const best = new Array<Split | null>(count).fill(null);
  for (const [feature, { codes, size }] of columns.entries()) {
    const [sums, masses] = [new Float64Array(count * size), new Float64Array(count * size)];
    for (let row = 0; row < rows; row += 1) {
      const place = (nodes[row] ?? 0) * size + (codes[row] ?? 0);
      sums[place] = (sums[place] ?? 0) + (gradients[row] ?? 0);
      masses[place] = (masses[place] ?? 0) + (weights[row] ?? 0);
    }
    for (let node = 0; node < count; node += 1) {
      const [from, to] = [node * size, (node + 1) * size];
      const found = bestCut(sums.subarray(from, to), masses.subarray(from, to));
      if (found && found.gain > (best[node]?.gain ?? 0)) best[node] = { feature, ...found };
    }
  }
  return best;
}

function bestCut(sums: Float64Array, masses: Float64Array): { at: number; gain: number } | null {
  let [sum, mass] = [0, 0];
  for (let code = 0; code < sums.length; code += 1) {
    sum += sums[code] ?? 0;
    mass += masses[code] ?? 0;
  }
  const worth = (part: number, weight: number) => (part * part) / (weight + PENALTY);
  const together = worth(sum, mass);
  let [left, leftMass] = [0, 0];
  let best: { at: number; gain: number } | null = null;
  for (let code = 0; code < sums.length - 1; code += 1) {
    left += sums[code] ?? 0;
    leftMass += masses[code] ?? 0;
    if (leftMass < LEAST_WEIGHT || mass - leftMass < LEAST_WEIGHT) continue;
    const gain = worth(left, leftMass) + worth(sum - left, mass - leftMass) - together;
    if (gain > (best?.gain ?? 0)) best = { at: code + 1, gain };
  }
  return best;
}

function addScores({ feature, at, leaves }: Tree, { rows, columns }: Features, scores: Float64Array): void {
  for (let row = 0; row < rows; row += 1) {
    let place = 0;
    for (let level = 0; level < DEPTH; level += 1) {
      const split = feature[place] ?? -1;
      const right = split >= 0 && (columns[split]?.codes[row] ?? 0) >= (at[place] ?? 0) ? 1 : 0;
      place = 2 * place + 1 + right;
    }
    scores[row] = (scores[row] ?? 0) + (leaves[place - feature.length] ?? 0);
  }
}
