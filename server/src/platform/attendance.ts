import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<boolean>();

/** Does work that nobody asked for and nobody waits for, such as by a schedule: it must not ask a person anything. */
export function unattended<T>(work: () => Promise<T>): Promise<T> {
  return storage.run(true, work);
}

/** Whether what goes on here was begun by {@link unattended}. */
export function isUnattended(): boolean {
  return storage.getStore() ?? false;
}
