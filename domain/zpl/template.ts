/*
 * Label templates are data: lengths in millimetres from the upper left corner, texts with `{field}` where a
 * value goes. Nothing in a template or in a value is ZPL; `renderLabel` writes that.
 */

export interface TextElement {
  readonly kind: 'text';
  readonly xMm: number;
  readonly yMm: number;
  /** Height of capitals and their leading: the font's size. */
  readonly sizeMm: number;
  /** Text is narrowed to fit, down to three fifths; what still does not fit is handled by `overflow`. */
  readonly widthMm: number;
  readonly align?: 'left' | 'centre' | 'right';
  readonly text: string;
  /** `refuse` (unless said otherwise): a number that is cut is a wrong number. `ellipsis` for names. */
  readonly overflow?: 'refuse' | 'ellipsis';
}

/** Element strings to encode: identifiers with the text of their values. */
export type ElementTemplates = readonly { readonly ai: string; readonly value: string }[];

export interface Gs1BarcodeElement {
  readonly kind: 'gs1-128';
  /** Left edge of the quiet zone. */
  readonly xMm: number;
  readonly yMm: number;
  readonly heightMm: number;
  readonly widthMm: number;
  /** Wanted width of the narrowest bar; made smaller, to two dots, where the code would not fit. */
  readonly moduleMm: number;
  readonly elements: ElementTemplates;
  /** Size of the interpretation `(00)…` beneath, centred; none when absent. */
  readonly interpretationMm?: number;
}

export interface DataMatrixElement {
  readonly kind: 'data-matrix';
  readonly xMm: number;
  readonly yMm: number;
  readonly moduleMm: number;
  /** GS1 element strings, or any text. */
  readonly content: { readonly elements: ElementTemplates } | { readonly text: string };
}

export interface BoxElement {
  readonly kind: 'box';
  readonly xMm: number;
  readonly yMm: number;
  /** A width or height no greater than the line makes a rule. */
  readonly widthMm: number;
  readonly heightMm: number;
  readonly lineMm: number;
}

export type LabelElement = TextElement | Gs1BarcodeElement | DataMatrixElement | BoxElement;

export interface LabelTemplate {
  readonly name: string;
  readonly widthMm: number;
  readonly heightMm: number;
  readonly elements: readonly LabelElement[];
}

export type LabelData = Readonly<Record<string, string>>;
