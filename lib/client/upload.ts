import { ApiError } from "#lib/client/api.ts";
import type { AttachmentView } from "#lib/shared/chat/types.ts";
import type { ErrorBody } from "#lib/shared/errors.ts";

/** Sends one image up and says how far it is. XMLHttpRequest, because fetch does not tell. */
export function uploadFile(
  file: File,
  signal: AbortSignal,
  onProgress: (progress: number) => void,
): Promise<AttachmentView> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/attachments?name=${encodeURIComponent(file.name.slice(0, 200).toWellFormed())}`);
    request.setRequestHeader("content-type", file.type === "" ? "application/octet-stream" : file.type);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total);
    request.onload = () => {
      // handle() shapes every answer: the attachment, or an error body.
      if (request.status < 300 && request.response !== null) resolve(request.response as AttachmentView);
      else reject(errorOf(request.status, request.response as ErrorBody | null));
    };
    request.onerror = () => reject(new ApiError("offline", 0));
    request.onabort = () => reject(new ApiError("offline", 0));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

function errorOf(status: number, body: ErrorBody | null): ApiError {
  return body?.error === undefined
    ? new ApiError("offline", status)
    : new ApiError(body.error.code, status, body.error);
}
