// Generated from shim.wat by `npm run build:wasm`; do not edit.

/** longjmp for the stock glue.wasm: imports `e.t` (table) and `e.ss` (index), exports `invoke_vii`, `throw_longjmp`. Base64 of the wasm. */
export const shimWasm =
  "AGFzbQEAAAABFwVgAn9/AGAAAX9gAX8AYAAAYAN/f38AAhECAWUBdAFwAAIBZQJzcwN/AAMEAwMEBA0DAQADBx4CDXRocm93X2xvbmdqbXAAAAppbnZva2VfdmlpAAIKQQMEAAgACwsAIAEgAiAAEQAACy4BAX8jABEBACEDBkAgACABIAIQAQcAIAMjAEEBahECAEEBQQAjAEECahEAAAsL";
