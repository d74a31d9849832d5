import { describe, expect, it } from 'vitest';
import { monitorsIn } from '#client/features/monitoring/find-monitors.ts';

describe('Monitor documents that are offered', () => {
  it('are those with a drift section, by name', () => {
    const text = `apiVersion: mlops/v1
kind: Monitor
metadata: {name: churn-drift, labels: {name: no}}
drift: {reference: a.csv, current: b.csv}
---
kind: Monitor
metadata:
  # the one of the name
  name: "second"
drift:
  reference: a.csv
--- # without drift
kind: Monitor
metadata: {name: latency}
metrics: []
---
kind: Pipeline
metadata: {name: drift}
drift: {}
---
kind: Monitor
drift: {}
`;
    expect(monitorsIn(text)).toEqual([{ name: 'churn-drift' }, { name: 'second' }]);
    expect(monitorsIn('')).toEqual([]);
  });
});
