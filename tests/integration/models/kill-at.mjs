// Loaded before a program: counts what it does to disk and database, and kills it as by power failure at one of them.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { DatabaseSync, StatementSync } from 'node:sqlite';

const at = Number(process.env.KILL_AT ?? 0);
let count = 0;

function point() {
  count += 1;
  if (count === at) process.kill(process.pid, 'SIGKILL');
}

function watch(target, names) {
  for (const name of names) {
    const original = target[name];
    target[name] = function (...args) {
      point();
      return original.apply(this, args);
    };
  }
}

watch(fs.promises, ['open', 'rename', 'mkdir', 'rm', 'copyFile', 'link', 'writeFile', 'unlink']);
watch(fs, ['mkdirSync', 'writeFileSync']);
watch(DatabaseSync.prototype, ['exec', 'prepare']);
watch(StatementSync.prototype, ['run']);
syncBuiltinESMExports();

// Also between the last of these and the end.
process.on('exit', () => {
  if (process.env.KILL_COUNT) fs.writeFileSync(process.env.KILL_COUNT, String(count));
});
