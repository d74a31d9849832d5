import { describe, expect, it } from 'vitest';
import { fuzzInput, monsters, randomOf } from './fuzz-inputs.ts';
import { exercise } from './fuzz-service.ts';

/** Inputs that each run tries, in parts so that a part that hangs says where. */
const PARTS = 20;
const INPUTS = 100;
/** A machine that does other things takes its time; one that hangs takes for ever. */
const PATIENCE_MS = 60_000;

describe('no text makes a feature fail', () => {
  it.each(Array.from({ length: PARTS }, (_, part) => part))(
    'part %i of the random ones',
    async (part) => {
      for (let number = part * INPUTS; number < (part + 1) * INPUTS; number++) {
        const { text, random } = fuzzInput(number);
        const outcome = await exercise(text, random).catch((error: unknown) => error);
        expect(outcome, `input ${number}: ${JSON.stringify(text.slice(0, 2000))}`).toBeInstanceOf(Map);
      }
    },
    PATIENCE_MS,
  );

  it('those that once did', async () => {
    for (const number of [1_004_948, 1_014_644, 1_014_797]) {
      const { text, random } = fuzzInput(number);
      await expect(exercise(text, random)).resolves.toBeInstanceOf(Map);
    }
  });

  it.each(Object.keys(monsters))(
    '%s',
    async (name) => {
      const timings = await exercise(monsters[name]?.() ?? '', randomOf(1));
      expect(timings.get('edit')).toBeDefined();
    },
    PATIENCE_MS,
  );
});
