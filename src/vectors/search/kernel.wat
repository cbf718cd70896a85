;; Dot products of one query with many quantized rows: the scan of a vector search.
;;
;; The query is int16, a row is int8; both are padded with zeros to a multiple of 16 numbers. A product of the two and a sum
;; of two products fit i32, and the caller scales the query so that the sum of a whole row fits too (quantized-rows.ts).
(module
  (import "e" "memory" (memory 1))
  (func (export "dots")
    (param $query i32)   ;; stride int16
    (param $rows i32)    ;; count * stride int8
    (param $count i32)
    (param $stride i32)  ;; numbers per row, a multiple of 16
    (param $out i32)     ;; count int32
    (local $row_end i32) (local $at i32) (local $sum v128) (local $bytes v128)
    (block $done
      (loop $next_row
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $row_end (i32.add (local.get $rows) (local.get $stride)))
        (local.set $at (local.get $query))
        (local.set $sum (v128.const i32x4 0 0 0 0))
        (loop $next_block
          (local.set $bytes (v128.load (local.get $rows)))
          (local.set $sum (i32x4.add (local.get $sum)
            (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $bytes)) (v128.load (local.get $at)))))
          (local.set $sum (i32x4.add (local.get $sum)
            (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $bytes)) (v128.load offset=16 (local.get $at)))))
          (local.set $rows (i32.add (local.get $rows) (i32.const 16)))
          (local.set $at (i32.add (local.get $at) (i32.const 32)))
          (br_if $next_block (i32.lt_u (local.get $rows) (local.get $row_end))))
        (i32.store (local.get $out)
          (i32.add
            (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
            (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum)))))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next_row)))))
