import { fuzzInput, monsters, randomOf } from '../../unit/language/fuzz-inputs.ts';
import { exercise, type Timings } from '../../unit/language/fuzz-service.ts';

/**
 * node tests/performance/language/fuzz-long.ts [count] [first]: tries that many random texts, and the ones that are made
 * to hold a service up, and prints the slowest answers of any one feature. Exits 1 where something fails or takes longer
 * than it may. Time is that of this process alone: what others do meanwhile doesn't count.
 */
const count = Number(process.argv[2] ?? 100_000);
const first = Number(process.argv[3] ?? 1_000_000);
const MOST_MS = 50;
const MOST_MONSTROUS_MS = 1000;
const SHOWN = 15;

interface Slow {
  readonly name: string;
  readonly feature: string;
  readonly ms: number;
}

const slowest: Slow[] = [];
let failures = 0;

function note(name: string, timings: Timings): void {
  for (const [feature, ms] of timings) {
    const last = slowest.at(-1);
    if (slowest.length >= SHOWN && last && ms <= last.ms) continue;
    slowest.push({ name, feature, ms });
    slowest.sort((a, b) => b.ms - a.ms);
    slowest.length = Math.min(slowest.length, SHOWN);
  }
}

/** What was slow is tried again: the garbage of texts before it may have been cleared away just then. */
async function leastOf(text: string, random: () => number, first: Timings): Promise<Timings> {
  let least = first;
  for (let times = 0; times < 2 && [...least.values()].some((ms) => ms > MOST_MS); times++) {
    const again = await exercise(text, random);
    least = new Map([...least].map(([feature, ms]) => [feature, Math.min(ms, again.get(feature) ?? ms)]));
  }
  return least;
}

async function attempt(name: string, text: string, random: () => number): Promise<void> {
  try {
    note(name, await leastOf(text, random, await exercise(text, random)));
  } catch (error) {
    failures++;
    console.error(
      `${name} failed: ${error instanceof Error ? error.stack : String(error)}\n${JSON.stringify(text.slice(0, 3000))}`,
    );
  }
}

function report(title: string, most: number): boolean {
  console.log(`${title}: the slowest`);
  for (const { name, feature, ms } of slowest)
    console.log(`  ${ms.toFixed(1).padStart(8)} ms  ${feature.padEnd(18)} ${name}`);
  const over = slowest.some(({ ms }) => ms > most);
  slowest.length = 0;
  return over;
}

// What is loaded and compiled once is no part of any answer.
for (let number = 0; number < 200; number++) await attempt(`input ${number}`, fuzzInput(number).text, randomOf(number));
slowest.length = 0;
for (const [name, make] of Object.entries(monsters)) await attempt(name, make(), randomOf(1));
let over = report('Monstrous texts', MOST_MONSTROUS_MS);
for (let number = first; number < first + count; number++) {
  const { text, random } = fuzzInput(number);
  await attempt(`input ${number}`, text, random);
  if ((number - first) % 10_000 === 9_999) console.error(`${number - first + 1} texts, ${failures} failures`);
}
over = report(`${count} random texts`, MOST_MS) || over;
console.log(`${failures} failures.`);
process.exitCode = failures > 0 || over ? 1 : 0;
