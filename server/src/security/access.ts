import type { Operation } from '#schemas/config/access.ts';
import type { AccessReading } from '../platform/configuration/resolved.ts';
import { FailureError } from '../platform/failure.ts';

/** Whether a role may do something; without a policy every role may, and with one that can’t be read, none. */
export function roleAllows({ policy, problem }: AccessReading, role: string, operation: Operation): boolean {
  if (problem !== null) return false;
  if (policy === null) return true;
  return Object.hasOwn(policy.roles, role) && (policy.roles[role] ?? []).includes(operation);
}

/**
 * Refuses what the policy does not allow to a person; without a policy everything is allowed, and with one that can’t be
 * read, nothing. A file that everybody can edit stops mistakes, not malice: what has to hold against somebody needs
 * signatures and approvals. Fails with `permission`.
 */
export function requireAccess(access: AccessReading, actor: string, operation: Operation): void {
  const { policy, problem } = access;
  if (problem !== null) {
    throw new FailureError('permission', `Nobody knows who may ${operation}: ${problem}`, {
      remedy: 'Mend mlops.yaml first; mlops validate shows what is wrong in it.',
    });
  }
  if (policy === null) return;
  const members = policy.members ?? [];
  const own = members.filter(({ name }) => name === actor).map(({ role }) => role);
  const allows = (role: string) => roleAllows(access, role, operation);
  if (own.some(allows)) return;
  const who = members.filter(({ role }) => allows(role)).map(({ name }) => name);
  const standing = own.length === 0 ? 'no member of access.members' : `${own.join(' and ')} there`;
  throw new FailureError('permission', `${actor} may not ${operation}: mlops.yaml does not allow it.`, {
    remedy: `${actor} is ${standing}. ${who.length === 0 ? `No member may ${operation}.` : `Ask ${who.join(' or ')}.`}`,
  });
}
