import { describe, expect, it } from 'vitest';
import type { AccessReading } from '#server/platform/configuration/resolved.ts';
import { requireAccess } from '#server/security/access.ts';

const policy: AccessReading = {
  policy: {
    roles: { maintainer: ['promote', 'approve'], developer: ['register'] },
    members: [
      { name: 'ana', role: 'maintainer', publicKey: 'keys/ana.pub' },
      { name: 'ben', role: 'developer' },
      { name: 'cem', role: 'unknown' },
      { name: 'dora', role: 'constructor' },
    ],
  },
  problem: null,
};

describe('access', () => {
  it('allows everything where there is no policy', () => {
    expect(() => requireAccess({ policy: null, problem: null }, 'anybody', 'delete')).not.toThrow();
  });

  it('allows what a role of the person has', () => {
    expect(() => requireAccess(policy, 'ana', 'promote')).not.toThrow();
    expect(() => requireAccess(policy, 'ben', 'register')).not.toThrow();
  });

  it.each([
    ['ben', 'promote', 'ben is developer there. Ask ana.'],
    ['ana', 'delete', 'ana is maintainer there. No member may delete.'],
    ['mallory', 'register', 'mallory is no member of access.members. Ask ben.'],
    ['cem', 'register', 'cem is unknown there. Ask ben.'],
    ['dora', 'register', 'dora is constructor there. Ask ben.'],
    ['Ana', 'promote', 'Ana is no member of access.members. Ask ana.'],
  ] as const)('refuses %s to %s', (actor, operation, remedy) => {
    expect(() => requireAccess(policy, actor, operation)).toThrow(
      expect.objectContaining({ reason: 'permission', remedy }),
    );
  });

  it('refuses everything to everybody while the policy can’t be read', () => {
    const broken = { policy: null, problem: 'mlops.yaml: access.roles: wrong.' };
    expect(() => requireAccess(broken, 'ana', 'promote')).toThrow(
      expect.objectContaining({
        reason: 'permission',
        message: 'Nobody knows who may promote: mlops.yaml: access.roles: wrong.',
      }),
    );
  });
});
