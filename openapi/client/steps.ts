/**
 * Numbered steps that stop at the first one that fails, and the assertions they make. Node's own test runner would
 * go on with the steps that need the one that failed.
 */

/** A fact that does not hold, or an answer other than the one that was expected. */
export class Failure extends Error {
  override readonly name = "Failure";
}

/** Runs a step, prints its line, and gives back what the next ones need. */
export type Step = <Result>(title: string, run: () => Promise<Result>) => Promise<Result>;

export function numberedSteps(): { step: Step; taken: () => number } {
  let number = 0;
  const step: Step = async (title, run) => {
    number += 1;
    const label = String(number).padStart(2, "0");
    try {
      const result = await run();
      console.log(`${label} ok   ${title}`);
      return result;
    } catch (error) {
      console.log(`${label} FAIL ${title}`);
      throw error;
    }
  };
  return { step, taken: () => number };
}

export function check(holds: boolean, what: string): asserts holds {
  if (!holds) {
    throw new Failure(what);
  }
}

/** Two values that JSON writes alike. */
export function same<T>(actual: T, expected: T, what: string): void {
  const [read, meant] = [JSON.stringify(actual), JSON.stringify(expected)];
  check(read === meant, `${what}: ${meant} expected, ${read} read`);
}

export function present<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) {
    throw new Failure(`${what}: there is none`);
  }
  return value;
}
