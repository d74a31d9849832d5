// Node reads the variable when a process starts: this one is measured by the test runner, those it starts by V8.
if (process.env.MLOPS_CHILD_COVERAGE) process.env.NODE_V8_COVERAGE = process.env.MLOPS_CHILD_COVERAGE;
