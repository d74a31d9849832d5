import type { z } from 'zod';

/** A typed request: both ends parse with these schemas. */
export interface RequestDefinition<P extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  readonly method: string;
  readonly params: P;
  readonly result: R;
}

export interface NotificationDefinition<P extends z.ZodType = z.ZodType> {
  readonly method: string;
  readonly params: P;
}

export type ParamsOf<D extends { params: z.ZodType }> = z.input<D['params']>;
export type ParsedParamsOf<D extends { params: z.ZodType }> = z.output<D['params']>;
export type ResultOf<D extends { result: z.ZodType }> = z.output<D['result']>;

export function defineRequest<P extends z.ZodType, R extends z.ZodType>(
  method: string,
  params: P,
  result: R,
): RequestDefinition<P, R> {
  return { method, params, result };
}

export function defineNotification<P extends z.ZodType>(method: string, params: P): NotificationDefinition<P> {
  return { method, params };
}
