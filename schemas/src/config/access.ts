import { z } from 'zod';
import { identifier, key } from './common.ts';

/** What can be allowed to some people only. */
export const operation = z.enum([
  'register',
  'validate',
  'sign',
  'approve',
  'promote',
  'rollback',
  'deploy',
  'archive',
  'delete',
  'configure',
]);
export type Operation = z.infer<typeof operation>;

export const access = z.strictObject({
  roles: key(
    z.record(identifier, z.array(operation)),
    'Roles and the operations that each may do. Once there is a policy, what no role allows is refused.',
    { maintainer: ['promote', 'approve'] },
  ),
  members: key(
    z
      .array(
        z.strictObject({
          name: key(z.string().min(1), 'Name of the person, as Git or the system has it.', 'ana'),
          role: key(identifier, 'One of the roles.', 'maintainer'),
          publicKey: key(
            z.string().optional(),
            'Path of the PEM file with the public key that approvals are verified with.',
            'keys/ana.pub',
          ),
        }),
      )
      .optional(),
    'Who has which role.',
    [{ name: 'ana', role: 'maintainer' }],
  ),
});
export type Access = z.output<typeof access>;
