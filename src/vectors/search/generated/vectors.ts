// Generated from kernel.wat by `npm run build:wasm`; do not edit.

/** The scan of a vector search: imports `e.memory`, exports `dots`. Base64 of the wasm. */
export const vectorsWasm =
  "AGFzbQEAAAABCQFgBX9/f39/AAINAQFlBm1lbW9yeQIAAQMCAQAHCAEEZG90cwAACqkBAaYBAgJ/AnsCQANAIAJFDQEgASADaiEFIAAhBv0MAAAAAAAAAAAAAAAAAAAAACEHA0AgAf0ABAAhCCAHIAj9hwEgBv0ABAD9ugH9rgEhByAHIAj9iAEgBv0ABBD9ugH9rgEhByABQRBqIQEgBkEgaiEGIAEgBUkNAAsgBCAH/RsAIAf9GwFqIAf9GwIgB/0bA2pqNgIAIARBBGohBCACQQFrIQIMAAsLCw==";
