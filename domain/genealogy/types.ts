export const nodeKinds = ['lot', 'serial', 'carton', 'shipment'] as const;
export type NodeKind = (typeof nodeKinds)[number];

/** `from` went into `to`, in the direction of the flow: forward is where-used, backward is where-from. */
export const edgeKinds = ['consumed', 'produced', 'assembled_into', 'packed_into', 'shipped_to'] as const;
export type EdgeKind = (typeof edgeKinds)[number];

export interface GenealogyNode {
  readonly id: string;
  readonly kind: NodeKind;
}

export interface GenealogyEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  readonly quantity: number | null;
  readonly unit: string | null;
}

/** `backward`: what it was made from; `forward`: what became of it. */
export type TraceDirection = 'backward' | 'forward';
