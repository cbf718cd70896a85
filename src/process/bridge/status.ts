import type { BridgeStatus, BridgeStatusOptions } from "../../contract/contract.ts";
import { type BridgeAddress, BridgeConnection } from "./connection.ts";
import { platformSocket } from "./platform-socket.ts";

export async function openStatus(
  address: BridgeAddress,
  { onLog, onLost }: BridgeStatusOptions,
): Promise<BridgeStatus> {
  const link = new BridgeConnection(address, platformSocket);
  try {
    const { version, os, arch, services } = await link.facts();
    const { process = {}, ffi = {}, files = {} } = services as Record<string, Record<string, never>>;
    if (onLost) link.onLost(onLost);
    if (onLog) {
      link.onEvent("log", (_name, data) => onLog((data as { text: string }).text));
      await link.call("log", "follow", {});
    }
    return {
      version,
      os,
      arch,
      programs: process.programs ?? [],
      shells: process.shells ?? [],
      libraries: ffi.libraries ?? [],
      mounts: files.mounts ?? [],
      close: () => link.close(),
    };
  } catch (error) {
    link.close();
    throw error;
  }
}
