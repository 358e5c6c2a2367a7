import { AttributeIds, TimestampsToReturn } from 'node-opcua';
import type { ClientMonitoredItemGroup, ClientSubscription, DataValue, StatusCode } from 'node-opcua';

import type { SampleQuality, TagChange, TagName } from '#native/opcua/machine-sample';
import type { OpcUaLineOptions } from '#native/opcua/opcua-line-types';

/** One tag of one machine, as the server monitors it. */
export interface MonitoredTag {
  readonly machineIndex: number;
  readonly tag: TagName;
  readonly nodeId: string;
}

export function monitoredTags(options: OpcUaLineOptions): MonitoredTag[] {
  return options.machines.flatMap(({ tags }, machineIndex) => {
    const { state, goodCount, rejectCount, fault } = tags;
    const all: [TagName, string | undefined][] = [
      ['state', state],
      ['goodCount', goodCount],
      ['rejectCount', rejectCount],
      ['fault', fault],
    ];
    return all.flatMap(([tag, nodeId]) => (nodeId === undefined ? [] : [{ machineIndex, tag, nodeId }]));
  });
}

/** A value as it left the machine, with its quality and time. */
export function changeOf(dataValue: DataValue): Omit<TagChange, 'tag'> {
  const { statusCode } = dataValue;
  return {
    value: dataValue.value.value as unknown,
    quality: qualityOf(statusCode),
    sourceAt: (dataValue.sourceTimestamp ?? dataValue.serverTimestamp)?.getTime() ?? Date.now(),
    overflow: statusCode.hasOverflowBit,
  };
}

/** The two highest bits are the severity (OPC 10000-4, 7.39). */
function qualityOf(status: StatusCode): SampleQuality {
  const severity = status.value >>> 30;
  return severity === 0 ? 'good' : severity === 1 ? 'uncertain' : 'bad';
}

/** Nothing when the server refused the only item. */
export async function createMonitoredGroup(
  subscription: ClientSubscription,
  tags: readonly MonitoredTag[],
  parameters: { samplingInterval: number; discardOldest: boolean; queueSize: number },
): Promise<ClientMonitoredItemGroup | undefined> {
  const items = tags.map(({ nodeId }) => ({ nodeId, attributeId: AttributeIds.Value }));
  try {
    return await subscription.monitorItems(items, parameters, TimestampsToReturn.Both);
  } catch (error) {
    // node-opcua throws when a single item is refused, and only tells when several are.
    if (tags.length === 1) return undefined;
    throw error;
  }
}
