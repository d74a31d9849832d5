import { z } from 'zod';

/** From harmless to harmful. `unreadable`: nobody can say, which is not safe. */
export const pickleVerdict = z.enum(['safe', 'suspicious', 'unreadable', 'dangerous']);
export type PickleVerdict = z.infer<typeof pickleVerdict>;

/** Something that unpickling would import or do. */
export const pickleFinding = z.object({
  /** Bytes from the beginning of the file or archive member. */
  offset: z.number(),
  /** As Python's pickletools names it. */
  opcode: z.string(),
  /** `os.system`, or what else it is. */
  name: z.string(),
  verdict: pickleVerdict,
  detail: z.string(),
});
export type PickleFinding = z.infer<typeof pickleFinding>;

/** One pickle, in a file of its own or as a member of an archive. */
export const pickleFile = z.object({
  path: z.string(),
  member: z.string().nullable(),
  verdict: pickleVerdict,
  /** Without what is harmless; at most 100. */
  findings: z.array(pickleFinding),
});
export type PickleFile = z.infer<typeof pickleFile>;

export const pickleReport = z.object({
  /** The worst of all files; null where there is no pickle. */
  verdict: pickleVerdict.nullable(),
  files: z.array(pickleFile),
});
export type PickleReport = z.infer<typeof pickleReport>;
