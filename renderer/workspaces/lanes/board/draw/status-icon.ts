import type { OperationStatus } from '#domain/scheduling/types';
import type { Context2d } from './brush.ts';

/** A sign for each status, so that colour is never the only one (WCAG 2.2, 1.4.1). `size` is its height. */
export function drawStatusIcon(
  context: Context2d,
  status: OperationStatus,
  centreX: number,
  centreY: number,
  size: number,
  colour: string,
): void {
  const half = size / 2;
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1.4, size / 6);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.beginPath();
  if (status === 'planned') {
    context.arc(centreX, centreY, half * 0.8, 0, Math.PI * 2);
    context.stroke();
  } else if (status === 'ready') {
    context.arc(centreX, centreY, half * 0.85, 0, Math.PI * 2);
    context.fill();
  } else if (status === 'running') {
    context.moveTo(centreX - half * 0.65, centreY - half * 0.9);
    context.lineTo(centreX + half * 0.95, centreY);
    context.lineTo(centreX - half * 0.65, centreY + half * 0.9);
    context.closePath();
    context.fill();
  } else if (status === 'paused') {
    context.rect(centreX - half * 0.75, centreY - half * 0.85, half * 0.5, half * 1.7);
    context.rect(centreX + half * 0.25, centreY - half * 0.85, half * 0.5, half * 1.7);
    context.fill();
  } else if (status === 'completed') {
    context.moveTo(centreX - half * 0.85, centreY + half * 0.05);
    context.lineTo(centreX - half * 0.25, centreY + half * 0.65);
    context.lineTo(centreX + half * 0.85, centreY - half * 0.65);
    context.stroke();
  } else {
    context.moveTo(centreX - half * 0.65, centreY - half * 0.65);
    context.lineTo(centreX + half * 0.65, centreY + half * 0.65);
    context.moveTo(centreX + half * 0.65, centreY - half * 0.65);
    context.lineTo(centreX - half * 0.65, centreY + half * 0.65);
    context.stroke();
  }
}
