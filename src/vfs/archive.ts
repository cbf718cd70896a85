/**
 * Zip archives in and out of a filesystem.
 * @module
 */
export { exportZip } from "./archive/export-zip.ts";
export { importZip } from "./archive/import-zip.ts";
export { type ArchiveLimits, readZip, type ZipEntry } from "./archive/read-zip.ts";
