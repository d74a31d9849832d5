import type { Operation } from '#schemas/config/access.ts';
import type { AccessReading } from '../platform/configuration/resolved.ts';
import { FailureError } from '../platform/failure.ts';

/**
 * Refuses what the policy does not allow to a person; without a policy everything is allowed, and with one that can’t be
 * read, nothing. A file that everybody can edit stops mistakes, not malice: what has to hold against somebody needs
 * signatures and approvals. Fails with `permission`.
 */
export function requireAccess({ policy, problem }: AccessReading, actor: string, operation: Operation): void {
  if (problem !== null) {
    throw new FailureError('permission', `Nobody knows who may ${operation}: ${problem}`, {
      remedy: 'Mend mlops.yaml first; mlops validate shows what is wrong in it.',
    });
  }
  if (policy === null) return;
  const { roles } = policy;
  const members = policy.members ?? [];
  const own = members.filter(({ name }) => name === actor).map(({ role }) => role);
  const allows = (role: string) => Object.hasOwn(roles, role) && (roles[role] ?? []).includes(operation);
  if (own.some(allows)) return;
  const who = members.filter(({ role }) => allows(role)).map(({ name }) => name);
  const standing = own.length === 0 ? 'no member of access.members' : `${own.join(' and ')} there`;
  throw new FailureError('permission', `${actor} may not ${operation}: mlops.yaml does not allow it.`, {
    remedy: `${actor} is ${standing}. ${who.length === 0 ? `No member may ${operation}.` : `Ask ${who.join(' or ')}.`}`,
  });
}
