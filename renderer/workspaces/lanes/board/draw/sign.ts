import type { OperationStatus } from '#domain/scheduling/types';
import type { Sign, SignIcon } from '../colour-scheme.ts';
import type { Context2d } from './brush.ts';

/** Lines of an icon, in halves of its height from its centre; `fill` closes and fills them. */
interface Shape {
  readonly lines: readonly (readonly (readonly [number, number])[])[];
  readonly circle?: number;
  readonly fill?: boolean;
}

const shapes: Readonly<Record<SignIcon | OperationStatus | 'lock', Shape>> = {
  planned: { lines: [], circle: 0.8 },
  ready: { lines: [], circle: 0.85, fill: true },
  running: {
    lines: [
      [
        [-0.65, -0.9],
        [0.95, 0],
        [-0.65, 0.9],
      ],
    ],
    fill: true,
  },
  paused: {
    lines: [
      [
        [-0.75, -0.85],
        [-0.25, -0.85],
        [-0.25, 0.85],
        [-0.75, 0.85],
      ],
      [
        [0.25, -0.85],
        [0.75, -0.85],
        [0.75, 0.85],
        [0.25, 0.85],
      ],
    ],
    fill: true,
  },
  completed: {
    lines: [
      [
        [-0.85, 0.05],
        [-0.25, 0.65],
        [0.85, -0.65],
      ],
    ],
  },
  cancelled: {
    lines: [
      [
        [-0.65, -0.65],
        [0.65, 0.65],
      ],
      [
        [0.65, -0.65],
        [-0.65, 0.65],
      ],
    ],
  },
  check: {
    lines: [
      [
        [-0.85, 0.05],
        [-0.25, 0.65],
        [0.85, -0.65],
      ],
    ],
  },
  tight: {
    lines: [
      [
        [0, -0.45],
        [0, 0.05],
        [0.4, 0.3],
      ],
    ],
    circle: 0.95,
  },
  late: {
    lines: [
      [
        [-0.85, 0.8],
        [0, -0.9],
        [0.85, 0.8],
      ],
    ],
    fill: true,
  },
  short: {
    lines: [
      [
        [-0.85, -0.35],
        [0, -0.85],
        [0.85, -0.35],
        [0.85, 0.5],
        [0, 0.95],
        [-0.85, 0.5],
        [-0.85, -0.35],
      ],
      [
        [-0.85, -0.35],
        [0, 0.1],
        [0.85, -0.35],
      ],
    ],
  },
  cross: {
    lines: [
      [
        [-0.65, -0.65],
        [0.65, 0.65],
      ],
      [
        [0.65, -0.65],
        [-0.65, 0.65],
      ],
    ],
  },
  low: {
    lines: [
      [
        [-0.7, -0.25],
        [0, 0.45],
        [0.7, -0.25],
      ],
    ],
  },
  normal: {
    lines: [
      [
        [-0.7, 0],
        [0.7, 0],
      ],
    ],
  },
  high: {
    lines: [
      [
        [-0.7, 0.3],
        [0, -0.4],
        [0.7, 0.3],
      ],
    ],
  },
  top: {
    lines: [
      [
        [-0.7, 0],
        [0, -0.7],
        [0.7, 0],
      ],
      [
        [-0.7, 0.75],
        [0, 0.05],
        [0.7, 0.75],
      ],
    ],
  },
  dash: {
    lines: [
      [
        [-0.55, 0],
        [0.55, 0],
      ],
    ],
  },
  lock: {
    lines: [
      [
        [-0.8, -0.05],
        [0.8, -0.05],
        [0.8, 0.9],
        [-0.8, 0.9],
      ],
      [
        [-0.5, -0.05],
        [-0.5, -0.85],
        [0.5, -0.85],
        [0.5, -0.05],
        [0.3, -0.05],
        [0.3, -0.65],
        [-0.3, -0.65],
        [-0.3, -0.05],
      ],
    ],
    fill: true,
  },
};

/** Which shape, or letter, a sign is drawn as. */
export type SignKey = keyof typeof shapes;

/** A sign for each category, so that colour is never the only one (WCAG 2.2, 1.4.1). `size` is its height. */
export function drawSign(
  context: Context2d,
  sign: Sign | { readonly kind: 'shape'; readonly shape: SignKey },
  centre: { readonly x: number; readonly y: number },
  size: number,
  colour: string,
): void {
  if (sign.kind === 'letter') {
    context.font = `700 ${size + 2}px system-ui, sans-serif`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillStyle = colour;
    context.fillText(sign.letter, centre.x, centre.y + 0.5);
    context.textAlign = 'start';
    return;
  }
  const key = sign.kind === 'status' ? sign.status : sign.kind === 'icon' ? sign.icon : sign.shape;
  const { lines, circle, fill = false } = shapes[key];
  const half = size / 2;
  context.beginPath();
  if (circle !== undefined) context.arc(centre.x, centre.y, half * circle, 0, Math.PI * 2);
  for (const line of lines) {
    for (const [index, [x, y]] of line.entries()) {
      if (index === 0) context.moveTo(centre.x + x * half, centre.y + y * half);
      else context.lineTo(centre.x + x * half, centre.y + y * half);
    }
    if (fill) context.closePath();
  }
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1.4, size / 6);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  if (fill) context.fill();
  else context.stroke();
}

/** Names a sign, for what is kept by it. */
export function signName(sign: Sign): string {
  if (sign.kind === 'letter') return `letter ${sign.letter}`;
  return sign.kind === 'status' ? sign.status : sign.icon;
}

/** A sign as a path of SVG: what the board draws, the legend shows. */
export function signPath(
  sign: Exclude<Sign, { readonly kind: 'letter' }> | { readonly kind: 'shape'; readonly shape: SignKey },
  centre: { readonly x: number; readonly y: number },
  size: number,
): { readonly path: string; readonly isFilled: boolean } {
  const key = sign.kind === 'status' ? sign.status : sign.kind === 'icon' ? sign.icon : sign.shape;
  const { lines, circle, fill = false } = shapes[key];
  const half = size / 2;
  const at = (x: number, y: number): string => `${centre.x + x * half} ${centre.y + y * half}`;
  const pieces = lines.map((line) => `M${line.map(([x, y]) => at(x, y)).join('L')}${fill ? 'Z' : ''}`);
  if (circle !== undefined) {
    const radius = half * circle;
    pieces.push(
      `M${at(-circle, 0)}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`,
    );
  }
  return { path: pieces.join(''), isFilled: fill };
}
