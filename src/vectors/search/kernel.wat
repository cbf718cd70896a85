;; A vector search: quantizing a row, and dot products of one query with many such rows.
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
        (br $next_row))))

  ;; One row to int8, a step being a 127th of its largest number. A row of zeros, and one with numbers that are not finite,
  ;; becomes zeros. Sums are taken in double precision.
  (func (export "quantize")
    (param $numbers i32) ;; stride float32
    (param $row i32)     ;; stride int8
    (param $stride i32)  ;; a multiple of 16
    (param $out i32)     ;; three float64: the step, the squared length, the squared length of what was lost
    (local $end i32) (local $at i32) (local $four v128) (local $two v128) (local $steps v128) (local $whole v128)
    (local $largest v128) (local $sum v128) (local $step f64) (local $norm f64)
    (local.set $end (i32.add (local.get $numbers) (i32.mul (local.get $stride) (i32.const 4))))
    (local.set $at (local.get $numbers))
    (loop $measure
      (local.set $four (v128.load (local.get $at)))
      (local.set $largest (f32x4.max (local.get $largest) (f32x4.abs (local.get $four))))
      (local.set $two (f64x2.promote_low_f32x4 (local.get $four)))
      (local.set $sum (f64x2.add (local.get $sum) (f64x2.mul (local.get $two) (local.get $two))))
      (local.set $two (f64x2.promote_low_f32x4
        (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $four) (local.get $four))))
      (local.set $sum (f64x2.add (local.get $sum) (f64x2.mul (local.get $two) (local.get $two))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $measure (i32.lt_u (local.get $at) (local.get $end))))
    (local.set $norm (f64.add (f64x2.extract_lane 0 (local.get $sum)) (f64x2.extract_lane 1 (local.get $sum))))
    (f64.store offset=8 (local.get $out) (local.get $norm))
    ;; False for infinities and for what is no number.
    (if (f64.lt (local.get $norm) (f64.const inf))
      (then
        (local.set $step (f64.div
          (f64.promote_f32 (f32.max
            (f32.max (f32x4.extract_lane 0 (local.get $largest)) (f32x4.extract_lane 1 (local.get $largest)))
            (f32.max (f32x4.extract_lane 2 (local.get $largest)) (f32x4.extract_lane 3 (local.get $largest)))))
          (f64.const 127)))))
    (f64.store (local.get $out) (local.get $step))
    (if (f64.gt (local.get $step) (f64.const 0))
      (then (local.set $steps (f64x2.splat (f64.div (f64.const 1) (local.get $step))))))
    (local.set $sum (v128.const i64x2 0 0))
    (local.set $at (local.get $numbers))
    (loop $round
      (local.set $four (v128.load (local.get $at)))
      (local.set $two (f64x2.promote_low_f32x4 (local.get $four)))
      (local.set $whole (f64x2.nearest (f64x2.mul (local.get $two) (local.get $steps))))
      (local.set $two (f64x2.sub (local.get $two) (f64x2.mul (local.get $whole) (f64x2.splat (local.get $step)))))
      (local.set $sum (f64x2.add (local.get $sum) (f64x2.mul (local.get $two) (local.get $two))))
      (local.set $two (f64x2.promote_low_f32x4
        (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $four) (local.get $four))))
      (local.set $four (i32x4.trunc_sat_f64x2_s_zero (local.get $whole)))
      (local.set $whole (f64x2.nearest (f64x2.mul (local.get $two) (local.get $steps))))
      (local.set $two (f64x2.sub (local.get $two) (f64x2.mul (local.get $whole) (f64x2.splat (local.get $step)))))
      (local.set $sum (f64x2.add (local.get $sum) (f64x2.mul (local.get $two) (local.get $two))))
      (local.set $four (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23
        (local.get $four) (i32x4.trunc_sat_f64x2_s_zero (local.get $whole))))
      (local.set $four (i16x8.narrow_i32x4_s (local.get $four) (local.get $four)))
      (v128.store32_lane 0 (local.get $row) (i8x16.narrow_i16x8_s (local.get $four) (local.get $four)))
      (local.set $row (i32.add (local.get $row) (i32.const 4)))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $round (i32.lt_u (local.get $at) (local.get $end))))
    (f64.store offset=16 (local.get $out)
      (f64.add (f64x2.extract_lane 0 (local.get $sum)) (f64x2.extract_lane 1 (local.get $sum))))))
