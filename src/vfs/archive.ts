/**
 * Zip archives in and out of a filesystem.
 * @module
 */
export { type ExportZipOptions, exportZip } from "./archive/export-zip.ts";
export { importZip } from "./archive/import-zip.ts";
export { type ArchiveLimits, type ReadZipOptions, readZip, type ZipEntry } from "./archive/read-zip.ts";
