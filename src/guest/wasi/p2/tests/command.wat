;; A command of which the tests write the body of `run`. Its imports are of an old 0.2.x on purpose.
(component
  (import "wasi:cli/exit@0.2.3" (instance $exit
    (export "exit" (func (param "status" (result))))
    (export "exit-with-code" (func (param "status-code" u8)))))
  (import "wasi:cli/environment@0.2.0" (instance $environment
    (export "get-arguments" (func (result (list string))))))
  (import "wasi:random/random@0.2.1" (instance $random
    (export "get-random-bytes" (func (param "len" u64) (result (list u8))))))
  (import "wasi:clocks/monotonic-clock@0.2.6" (instance $clock
    (export "now" (func (result u64)))))
  (import "wasi:io/error@0.2.3" (instance $error (export "error" (type (sub resource)))))
  (alias export $error "error" (type $failure))
  (import "wasi:io/streams@0.2.3" (instance $streams
    (alias outer 1 $failure (type $outer))
    (export "error" (type $failed (eq $outer)))
    (export "output-stream" (type $out (sub resource)))
    (type $wrong (variant (case "last-operation-failed" (own $failed)) (case "closed")))
    (export "stream-error" (type $stream-error (eq $wrong)))
    (export "[method]output-stream.blocking-write-and-flush" (func
      (param "self" (borrow $out)) (param "contents" (list u8)) (result (result (error $stream-error)))))
    (export "[method]output-stream.write" (func
      (param "self" (borrow $out)) (param "contents" (list u8)) (result (result (error $stream-error)))))))
  (alias export $streams "output-stream" (type $output))
  (import "wasi:cli/stdout@0.2.3" (instance $stdout
    (alias outer 1 $output (type $outer))
    (export "output-stream" (type $out (eq $outer)))
    (export "get-stdout" (func (result (own $out))))))

  ;; The memory, and an allocator that never frees.
  (core module $libc
    (memory (export "memory") {pages})
    (data (i32.const 16) "hello\n")
    (global $next (mut i32) (i32.const 8192))
    (func (export "realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const -16)))
      (global.set $next (i32.add (local.get $at) (local.get $new)))
      (local.get $at)))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (alias core export $libc "realloc" (core func $realloc))

  (core func $exit (canon lower (func $exit "exit")))
  (core func $exit-code (canon lower (func $exit "exit-with-code")))
  (core func $arguments (canon lower (func $environment "get-arguments") (memory $memory) (realloc $realloc)))
  (core func $random (canon lower (func $random "get-random-bytes") (memory $memory) (realloc $realloc)))
  (core func $now (canon lower (func $clock "now")))
  (core func $stdout (canon lower (func $stdout "get-stdout")))
  (core func $write (canon lower
    (func $streams "[method]output-stream.blocking-write-and-flush") (memory $memory)))
  (core func $write-any (canon lower (func $streams "[method]output-stream.write") (memory $memory)))

  (core module $program
    (import "" "memory" (memory 0))
    (import "" "exit" (func $exit (param i32)))
    (import "" "exit-code" (func $exit_code (param i32)))
    (import "" "arguments" (func $arguments (param i32)))
    (import "" "random" (func $random (param i64 i32)))
    (import "" "now" (func $now (result i64)))
    (import "" "stdout" (func $stdout (result i32)))
    (import "" "write" (func $write (param i32 i32 i32 i32)))
    (import "" "write-any" (func $write_any (param i32 i32 i32 i32)))
    (func $deep (param i32) (result i32)
      (i32.add (call $deep (i32.add (local.get 0) (i32.const 1))) (local.get 0)))
    (func (export "run") (result i32) {body}))
  (core instance $program (instantiate $program (with "" (instance
    (export "memory" (memory $memory))
    (export "exit" (func $exit))
    (export "exit-code" (func $exit-code))
    (export "arguments" (func $arguments))
    (export "random" (func $random))
    (export "now" (func $now))
    (export "stdout" (func $stdout))
    (export "write" (func $write))
    (export "write-any" (func $write-any))))))

  (func $run (result (result)) (canon lift (core func $program "run")))
  (instance $command (export "run" (func $run)))
  (export "wasi:cli/run@0.2.3" (instance $command)))
