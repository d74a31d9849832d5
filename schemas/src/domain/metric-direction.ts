const smallerIsBetter =
  /(?:^|[^a-z])(?:loss|err|error|mae|mse|rmse|rmsle|mape|smape|wer|cer|fid|perplexity|ppl|brier|ece|latency|duration|time|seconds|memory)(?:$|[^a-z])/i;

/** By its name, whether a metric is better the smaller it is. */
export function isSmallerBetter(key: string): boolean {
  return smallerIsBetter.test(key.replaceAll(/([a-z])([A-Z])/g, '$1_$2'));
}
