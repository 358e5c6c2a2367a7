import type { LabelTemplate } from './template.ts';

/** What a carton's label says; dates and counts come formatted for the plant. */
export type CartonLabelData = {
  readonly plantName: string;
  readonly cartonNumber: string;
  readonly materialCode: string;
  readonly materialName: string;
  readonly count: string;
  readonly packedOn: string;
  /** 18 digits. */
  readonly sscc: string;
};

/**
 * GS1 logistic label for a carton, 100 x 150 mm: free text above, the SSCC below (GS1 Logistic Label
 * Guideline, 3). Captions are GS1's data titles, which are the same in every language.
 */
export const cartonLabelTemplate: LabelTemplate = {
  name: 'carton',
  widthMm: 100,
  heightMm: 150,
  elements: [
    { kind: 'text', xMm: 5, yMm: 6, sizeMm: 6, widthMm: 90, text: '{plantName}', overflow: 'ellipsis' },
    { kind: 'box', xMm: 4, yMm: 15, widthMm: 92, heightMm: 0, lineMm: 0.5 },
    { kind: 'text', xMm: 5, yMm: 19, sizeMm: 3, widthMm: 90, text: 'CONTENT' },
    { kind: 'text', xMm: 5, yMm: 23, sizeMm: 9, widthMm: 90, text: '{materialCode}' },
    { kind: 'text', xMm: 5, yMm: 35, sizeMm: 5, widthMm: 90, text: '{materialName}', overflow: 'ellipsis' },
    { kind: 'text', xMm: 5, yMm: 47, sizeMm: 3, widthMm: 40, text: 'COUNT' },
    { kind: 'text', xMm: 5, yMm: 51, sizeMm: 9, widthMm: 40, text: '{count}' },
    { kind: 'text', xMm: 50, yMm: 47, sizeMm: 3, widthMm: 45, text: 'PACK DATE', align: 'right' },
    { kind: 'text', xMm: 50, yMm: 51, sizeMm: 6, widthMm: 45, text: '{packedOn}', align: 'right' },
    { kind: 'text', xMm: 50, yMm: 60, sizeMm: 6, widthMm: 45, text: '{cartonNumber}', align: 'right' },
    { kind: 'box', xMm: 4, yMm: 70, widthMm: 92, heightMm: 0, lineMm: 0.5 },
    { kind: 'text', xMm: 5, yMm: 74, sizeMm: 3, widthMm: 90, text: 'SSCC' },
    { kind: 'text', xMm: 5, yMm: 78, sizeMm: 7, widthMm: 90, text: '{sscc}' },
    { kind: 'box', xMm: 4, yMm: 89, widthMm: 92, heightMm: 0, lineMm: 0.5 },
    {
      kind: 'gs1-128',
      xMm: 2,
      yMm: 100,
      widthMm: 96,
      heightMm: 34,
      moduleMm: 0.5,
      elements: [{ ai: '00', value: '{sscc}' }],
      interpretationMm: 5,
    },
  ],
};
