import { FailureError } from '../platform/failure.ts';

/** What a policy says may be done; the names are those of `access.roles` in mlops.yaml. */
export type Operation =
  | 'register'
  | 'validate'
  | 'sign'
  | 'approve'
  | 'promote'
  | 'rollback'
  | 'deploy'
  | 'archive'
  | 'delete'
  | 'configure';

export interface Member {
  readonly name: string;
  readonly role: string;
  /** PEM file, relative to mlops.yaml; null where the member approves nothing. */
  readonly publicKey: string | null;
}

export interface AccessPolicy {
  readonly roles: ReadonlyMap<string, readonly Operation[]>;
  readonly members: readonly Member[];
}

/**
 * Refuses what the policy does not allow to a person; without a policy everything is allowed. A file that everybody can
 * edit stops mistakes, not malice: what has to hold against somebody needs signatures and approvals. Fails with
 * `permission`.
 */
export function requireAccess(policy: AccessPolicy | null, actor: string, operation: Operation): void {
  if (policy === null) return;
  const roles = policy.members.filter(({ name }) => name === actor).map(({ role }) => role);
  if (roles.some((role) => policy.roles.get(role)?.includes(operation))) return;
  const able = [...policy.roles].filter(([, operations]) => operations.includes(operation)).map(([role]) => role);
  const who = policy.members.filter(({ role }) => able.includes(role)).map(({ name }) => name);
  const standing = roles.length === 0 ? 'no member of access.members' : `${roles.join(' and ')} there`;
  throw new FailureError('permission', `${actor} may not ${operation}: mlops.yaml does not allow it.`, {
    remedy: `${actor} is ${standing}. ${who.length === 0 ? `No member may ${operation}.` : `Ask ${who.join(' or ')}.`}`,
  });
}
