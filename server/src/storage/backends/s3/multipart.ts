import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type Part as ListedPart,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { FailureError } from '../../../platform/failure.ts';
import { type Part, type PartsRequest, sendParts } from '../shared/parts.ts';
import { isNamed } from './failure.ts';

/** An object by its full key. */
export interface ObjectAddress {
  readonly Bucket: string;
  readonly Key: string;
}

interface StoredPart {
  readonly PartNumber: number;
  readonly ETag: string;
  readonly ChecksumCRC32: string | undefined;
}

/**
 * Sends an object in parts. An upload that was interrupted goes on: of what the server has, parts that equal ours are
 * not sent again. Where somebody else ends that upload meanwhile, all of it is sent in one of our own.
 */
export async function uploadMultipart(client: S3Client, address: ObjectAddress, request: PartsRequest): Promise<void> {
  const unfinished = await findUnfinished(client, address, request.options.signal);
  if (unfinished !== null) {
    try {
      return await sendTo(client, address, unfinished, request);
    } catch (error) {
      if (!isNamed(error, 'NoSuchUpload', 'InvalidPart', 'InvalidRequest')) throw error;
    }
  }
  const abortSignal = request.options.signal;
  const created = await client.send(
    new CreateMultipartUploadCommand({ ...address, ChecksumAlgorithm: 'CRC32' }),
    abortSignal === undefined ? {} : { abortSignal },
  );
  if (created.UploadId === undefined) throw new FailureError('remote', `${address.Bucket} gave no id for an upload.`);
  await sendTo(client, address, { UploadId: created.UploadId, parts: new Map() }, request);
}

interface Unfinished {
  readonly UploadId: string;
  readonly parts: ReadonlyMap<number, ListedPart>;
}

/** The newest upload of this key that nobody completed; null also for accounts that may not look. */
async function findUnfinished(
  client: S3Client,
  address: ObjectAddress,
  signal: AbortSignal | undefined,
): Promise<Unfinished | null> {
  const options = signal === undefined ? {} : { abortSignal: signal };
  try {
    let newest: { UploadId: string; at: number } | null = null;
    const input = { Bucket: address.Bucket, Prefix: address.Key };
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand(input), options);
    for (const { Key, UploadId, Initiated } of Uploads) {
      const at = Initiated?.getTime() ?? 0;
      if (Key === address.Key && UploadId !== undefined && at >= (newest?.at ?? 0)) newest = { UploadId, at };
    }
    if (newest === null) return null;
    return {
      UploadId: newest.UploadId,
      parts: await listParts(client, { ...address, UploadId: newest.UploadId }, options),
    };
  } catch (error) {
    if (isNamed(error, 'AccessDenied', 'NoSuchUpload', 'NotImplemented', 'MethodNotAllowed')) return null;
    throw error;
  }
}

async function listParts(
  client: S3Client,
  upload: ObjectAddress & { readonly UploadId: string },
  options: { abortSignal?: AbortSignal },
): Promise<ReadonlyMap<number, ListedPart>> {
  const parts = new Map<number, ListedPart>();
  let marker: string | undefined;
  // Not the SDK's pages: some servers name a next one behind the last.
  for (let more = true; more; ) {
    const page = await client.send(new ListPartsCommand({ ...upload, PartNumberMarker: marker }), options);
    for (const part of page.Parts ?? []) if (part.PartNumber !== undefined) parts.set(part.PartNumber, part);
    more = page.IsTruncated === true && page.NextPartNumberMarker !== undefined;
    marker = page.NextPartNumberMarker;
  }
  return parts;
}

async function sendTo(
  client: S3Client,
  address: ObjectAddress,
  { UploadId, parts }: Unfinished,
  request: PartsRequest,
): Promise<void> {
  const upload = { ...address, UploadId };
  const stored: StoredPart[] = [];
  try {
    await sendParts(request, async (part, abortSignal) => {
      const PartNumber = part.index + 1;
      const there = parts.get(PartNumber);
      if (there?.ETag !== undefined && isEqual(there, part)) {
        stored.push({ PartNumber, ETag: there.ETag, ChecksumCRC32: there.ChecksumCRC32 });
        return;
      }
      const ChecksumCRC32 = checksum(part.bytes);
      const command = new UploadPartCommand({ ...upload, PartNumber, Body: part.bytes, ChecksumCRC32 });
      const sent = await client.send(command, { abortSignal });
      if (sent.ETag === undefined) throw new FailureError('remote', `${address.Bucket} gave no tag for a part.`);
      stored.push({ PartNumber, ETag: sent.ETag, ChecksumCRC32: sent.ChecksumCRC32 });
    });
  } catch (error) {
    // What was sent is not what should be stored: nobody can go on with it.
    if (error instanceof FailureError && error.reason === 'busy') await abandon(client, upload);
    throw error;
  }
  const Parts = stored.sort((a, b) => a.PartNumber - b.PartNumber);
  const { signal } = request.options;
  await client.send(
    new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }),
    signal === undefined ? {} : { abortSignal: signal },
  );
}

async function abandon(client: S3Client, upload: ObjectAddress & { readonly UploadId: string }): Promise<void> {
  await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
}

/** By the checksum, else by the tag, which is the MD5 where the bucket does not encrypt by KMS. */
function isEqual(there: ListedPart, { bytes }: Part): boolean {
  if (there.Size !== bytes.length) return false;
  if (there.ChecksumCRC32 !== undefined) return there.ChecksumCRC32 === checksum(bytes);
  return there.ETag?.replaceAll('"', '') === createHash('md5').update(bytes).digest('hex');
}

/** CRC-32 as S3 writes it. */
export function checksum(bytes: Uint8Array): string {
  const digits = Buffer.alloc(4);
  digits.writeUInt32BE(crc32(bytes));
  return digits.toString('base64');
}
