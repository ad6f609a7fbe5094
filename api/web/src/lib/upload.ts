// Sends a file. XMLHttpRequest, because fetch does not report how much has gone.

import { checked, Problem, renewing } from './api';
import { attachmentName, type Attachment } from './attachments';

export interface Upload {
  /** As the sender calls it. */
  name: string;
  type: string;
  body: Blob | ArrayBuffer;
}

/** Sends it to a case or site. `onsent` gets the share of it that has gone, 0..1. */
export async function upload(shelf: string, file: Upload, onsent: (share: number) => void, signal: AbortSignal): Promise<Attachment> {
  const url = `${shelf}?${new URLSearchParams({ name: attachmentName(file.name) })}`;
  const response = await renewing(() => post(url, file, onsent, signal), signal);
  return (await response.json()) as Attachment;
}

function post(url: string, { type, body }: Upload, onsent: (share: number) => void, signal: AbortSignal): Promise<Response> {
  const request = new XMLHttpRequest();
  return new Promise<Response>((resolve, reject) => {
    const abort = () => request.abort();
    signal.throwIfAborted();
    signal.addEventListener('abort', abort);
    request.open('POST', url);
    request.setRequestHeader('content-type', type);
    request.setRequestHeader('accept', 'application/json');
    request.upload.onprogress = ({ loaded, total }) => total > 0 && onsent(loaded / total);
    request.onload = () => resolve(answerOf(request));
    request.onerror = () => reject(new Problem(null, null));
    request.onabort = () => reject(signal.reason);
    request.onloadend = () => signal.removeEventListener('abort', abort);
    request.send(body);
  }).then(checked);
}

function answerOf(request: XMLHttpRequest): Response {
  const wait = request.getResponseHeader('retry-after');
  return new Response(request.responseText, { status: request.status, headers: wait ? { 'retry-after': wait } : {} });
}
