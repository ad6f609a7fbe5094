// Pictures drawn on a canvas: to scale them down, and to show them small before the server has them. The page's policy allows no
// addresses of blobs in pictures.

import { isScaled, SCALED_QUALITY, SCALED_TYPE, scaledName, scaledSize } from './attachments';

/** The picture as it is sent. What this browser cannot scale stays as it is, and the server judges it. */
export async function scaled(file: File): Promise<File> {
  if (!isScaled(file)) return file;
  const blob = await small(file).catch(() => file);
  return blob.size < file.size ? new File([blob], scaledName(file.name), { type: SCALED_TYPE }) : file;
}

async function small(file: File): Promise<Blob> {
  const bitmap = await createImageBitmap(file);
  const { width, height } = scaledSize(bitmap.width, bitmap.height);
  const canvas = new OffscreenCanvas(width, height);
  draw(canvas, bitmap, width, height);
  return canvas.convertToBlob({ type: SCALED_TYPE, quality: SCALED_QUALITY });
}

/** Draws a picture into a canvas, cut to fill it. Answers whether it could be decoded. */
export async function drawSmall(canvas: HTMLCanvasElement, picture: Blob): Promise<boolean> {
  const { width, height } = canvas;
  const whole = await createImageBitmap(picture).catch(() => null);
  if (!whole) return false;
  const share = Math.max(width / whole.width, height / whole.height);
  draw(canvas, whole, whole.width * share, whole.height * share);
  return true;
}

function draw(canvas: HTMLCanvasElement | OffscreenCanvas, bitmap: ImageBitmap, width: number, height: number): void {
  const context = canvas.getContext('2d') as CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null;
  context?.drawImage(bitmap, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
  bitmap.close();
}
