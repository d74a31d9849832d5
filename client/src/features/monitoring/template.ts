/** A Monitor document to begin with; `name` is its name and its file's. */
export function monitorTemplate(name: string): string {
  return `# What is watched of a model in use. Every key is explained where the pointer rests on it.
apiVersion: mlops/v1
kind: Monitor
metadata:
  name: ${name}
# When it is checked while an editor is open, in UTC: every hour.
schedule: "0 * * * *"
drift:
  # What the model was made for, and what it sees now: files, globs or addresses in object stores.
  reference: data/train.parquet
  current: data/live/*.parquet
# performance:
#   labels: data/labels.parquet
#   metrics:
#     - name: auc
#       minimum: 0.8
# metrics:
#   - name: latency-p99
#     query: histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))
#     maximum: 0.3
# alerts:
#   - when: drift.share >= 0.3
#     channel: team
`;
}
