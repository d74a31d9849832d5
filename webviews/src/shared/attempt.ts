import { isAborted } from './host-failure.ts';
import { describeError } from './notices.ts';

/** Does what a person asked for; `tell` gets why it could not be done. Of what was called off nothing is told. */
export async function attempt(action: () => Promise<unknown>, tell: (text: string) => void): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (isAborted(error)) return;
    const { message, remedy } = describeError(error);
    tell(remedy ? `${message} ${remedy}` : message);
  }
}
