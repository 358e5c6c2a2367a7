import { applicationIdentifier } from '../gs1/application-identifiers.ts';
import {
  bracketed,
  type ElementRefusal,
  encodeElementString,
  type Gs1Element,
  groupSeparator,
} from '../gs1/element-strings.ts';
import { accept, type Outcome, refuse } from '../refusal.ts';
import { fieldData, hasControls } from './field-data.ts';
import { narrowing, shorten } from './fit-text.ts';
import type {
  BoxElement,
  DataMatrixElement,
  ElementTemplates,
  Gs1BarcodeElement,
  LabelData,
  LabelElement,
  LabelTemplate,
  TextElement,
} from './template.ts';

export interface RenderedLabel {
  readonly zpl: string;
  readonly widthMm: number;
  readonly heightMm: number;
  readonly dpmm: DotsPerMm;
}

/** 8 is a 203 dpi printer, 12 one of 300 dpi. */
export type DotsPerMm = 8 | 12;

export type LabelRefusal =
  | ElementRefusal
  | 'label-field-missing'
  | 'label-control-characters'
  | 'label-text-too-long'
  | 'label-barcode-too-wide'
  | 'label-barcode-character';

/**
 * Writes one label as ZPL II: exactly one copy, UTF-8, and ^JZN, so that a printer never prints it again by
 * itself after paper-out (who needs a second label asks for one, and the first is voided).
 * Values cannot inject commands. A label that would be wrong, cut or unreadable is refused.
 */
export function renderLabel(
  template: LabelTemplate,
  data: LabelData,
  dpmm: DotsPerMm = 8,
): Outcome<RenderedLabel, LabelRefusal> {
  const page: Page = { data, dpmm };
  const lines = [
    '^XA',
    '^CI28',
    `^PW${dots(template.widthMm, page)}`,
    `^LL${dots(template.heightMm, page)}`,
    '^LH0,0',
    '^JZN',
  ];
  for (const element of template.elements) {
    const written = writeElement(element, page);
    if (!written.ok) return written;
    lines.push(...written.value);
  }
  lines.push('^PQ1,0,0,N', '^XZ');
  const { widthMm, heightMm } = template;
  return accept({ zpl: `${lines.join('\n')}\n`, widthMm, heightMm, dpmm });
}

interface Page {
  readonly data: LabelData;
  readonly dpmm: DotsPerMm;
}

type Written = Outcome<readonly string[], LabelRefusal>;

function writeElement(element: LabelElement, page: Page): Written {
  switch (element.kind) {
    case 'text':
      return writeText(element, page);
    case 'gs1-128':
      return writeGs1Barcode(element, page);
    case 'data-matrix':
      return writeDataMatrix(element, page);
    case 'box':
      return writeBox(element, page);
  }
}

function writeText(element: TextElement, page: Page): Written {
  const filled = fill(element.text, page.data);
  if (!filled.ok) return filled;
  let text = filled.value;
  const { sizeMm, widthMm } = element;
  let factor = narrowing(text, sizeMm, widthMm);
  if (factor === undefined) {
    if (element.overflow !== 'ellipsis') return refuse('label-text-too-long', { text });
    text = shorten(text, sizeMm, widthMm);
    factor = narrowing(text, sizeMm, widthMm) ?? 1;
  }
  const size = dots(sizeMm, page);
  const font = `^A0N,${size},${Math.floor(size * factor)}`;
  if (element.align === undefined || element.align === 'left') {
    return accept([origin(element, page) + font + fieldData(text)]);
  }
  // In a field block a backslash begins an escape: \\ is the backslash itself (^FB).
  const block = `^FB${dots(widthMm, page)},1,0,${element.align === 'right' ? 'R' : 'C'},0`;
  return accept([origin(element, page) + font + block + fieldData(text.replaceAll('\\', '\\\\'))]);
}

function writeGs1Barcode(element: Gs1BarcodeElement, page: Page): Written {
  const elements = fillElements(element.elements, page.data);
  if (!elements.ok) return elements;
  // Mode D drops parentheses, also those that are data, and printers disagree about an escaped >.
  const lost = elements.value.find(({ value }) => /[()>]/.test(value));
  if (lost !== undefined) return refuse('label-barcode-character', { ai: lost.ai, value: lost.value });

  const widthDots = dots(element.widthMm, page);
  const modules = modulesOf(elements.value);
  const wanted = Math.max(leastModuleDots, Math.round(element.moduleMm * page.dpmm));
  const moduleDots = Math.min(wanted, Math.floor(widthDots / (modules + 2 * quietModules)));
  const text = bracketed(elements.value);
  if (moduleDots < leastModuleDots) return refuse('label-barcode-too-wide', { text });

  const leftDots = dots(element.xMm, page) + Math.round((widthDots - modules * moduleDots) / 2);
  const heightDots = dots(element.heightMm, page);
  const lines = [
    `^BY${moduleDots}`,
    `^FO${leftDots},${dots(element.yMm, page)}^BCN,${heightDots},N,N,N,D${fieldData(code128Data(elements.value))}`,
  ];
  if (element.interpretationMm === undefined) return accept(lines);
  const interpretation = writeText(
    {
      kind: 'text',
      xMm: element.xMm,
      yMm: element.yMm + element.heightMm + 1,
      sizeMm: element.interpretationMm,
      widthMm: element.widthMm,
      align: 'centre',
      text: '{text}',
    },
    { ...page, data: { text } },
  );
  return interpretation.ok ? accept([...lines, ...interpretation.value]) : interpretation;
}

function writeDataMatrix(element: DataMatrixElement, page: Page): Written {
  const moduleDots = Math.max(leastModuleDots, Math.round(element.moduleMm * page.dpmm));
  let content: Outcome<string, LabelRefusal>;
  if ('text' in element.content) content = fill(element.content.text, page.data);
  else {
    const elements = fillElements(element.content.elements, page.data);
    const encoded = elements.ok ? encodeElementString(elements.value) : elements;
    content = encoded.ok ? accept(groupSeparator + encoded.value) : encoded;
  }
  if (!content.ok) return content;
  // ^BX's escape character is one that the content does not hold: printers disagree about a doubled one.
  const escape = [...'|{}#@!;$'].find((character) => !content.value.includes(character));
  if (escape === undefined) return refuse('label-barcode-character', { ai: '', value: content.value });
  const escaped = content.value.replaceAll(groupSeparator, `${escape}1`);
  return accept([`${origin(element, page)}^BXN,${moduleDots},200,0,0,6,${escape}${fieldData(escaped)}`]);
}

function writeBox(element: BoxElement, page: Page): Written {
  const line = Math.max(1, dots(element.lineMm, page));
  const width = Math.max(line, dots(element.widthMm, page));
  const height = Math.max(line, dots(element.heightMm, page));
  return accept([`${origin(element, page)}^GB${width},${height},${line}^FS`]);
}

const quietModules = 10;
/** Narrower bars do not print reliably. */
const leastModuleDots = 2;

/** ^BC in mode D: FNC1 in front comes by itself, `>8` is written where one must stand between elements. */
function code128Data(elements: readonly Gs1Element[]): string {
  return elements
    .map(({ ai, value }, at) => {
      const open = applicationIdentifier(ai)?.predefinedLength !== true && at < elements.length - 1;
      return `(${ai})${value}${open ? '>8' : ''}`;
    })
    .join('');
}

/** Width of the symbol in modules: start, FNC1, data, check, stop. Digits go by pairs, and a change of set is one more. */
function modulesOf(elements: readonly Gs1Element[]): number {
  const encoded = encodeElementString(elements);
  const data = encoded.ok ? encoded.value : '';
  let codewords = 3;
  for (const match of data.matchAll(/\d{4,}|\d|\D/g)) {
    const [run] = match;
    const changes =
      Number(match.index > 0) + Number(match.index + run.length < data.length || run.length % 2 > 0);
    codewords += run.length < 4 ? 1 : Math.ceil(run.length / 2) + changes;
  }
  return codewords * 11 + 13;
}

function fillElements(
  templates: ElementTemplates,
  data: LabelData,
): Outcome<readonly Gs1Element[], LabelRefusal> {
  const elements: Gs1Element[] = [];
  for (const { ai, value } of templates) {
    const filled = fill(value, data);
    if (!filled.ok) return filled;
    elements.push({ ai, value: filled.value });
  }
  // Length, characters and check digits are judged before anything is printed.
  const encoded = encodeElementString(elements);
  return encoded.ok ? accept(elements) : encoded;
}

function fill(text: string, data: LabelData): Outcome<string, LabelRefusal> {
  const missing = [...text.matchAll(/\{(\w+)\}/g)].find(([, field = '']) => !Object.hasOwn(data, field));
  if (missing !== undefined) return refuse('label-field-missing', { field: missing[1] ?? '' });
  const filled = text.replaceAll(/\{(\w+)\}/g, (_, field: string) => data[field] ?? '');
  return hasControls(filled) ? refuse('label-control-characters', { text }) : accept(filled);
}

function origin({ xMm, yMm }: { readonly xMm: number; readonly yMm: number }, page: Page): string {
  return `^FO${dots(xMm, page)},${dots(yMm, page)}`;
}

function dots(mm: number, { dpmm }: Page): number {
  return Math.round(mm * dpmm);
}
