// The modules loaded into the snapshot. Not `os`: it asks for the system's name when it is loaded, and `punycode` warns.
[
  'assert', 'async_hooks', 'buffer', 'child_process', 'console', 'constants', 'crypto', 'diagnostics_channel', 'dns', 'events',
  'fs', 'fs/promises', 'http', 'https', 'module', 'net', 'path', 'perf_hooks', 'process', 'querystring',
  'readline', 'stream', 'stream/promises', 'stream/web', 'string_decoder', 'timers', 'timers/promises', 'tls', 'tty', 'url',
  'util', 'v8', 'vm', 'worker_threads', 'zlib', 'internal/blob', 'internal/encoding', 'internal/abort_controller',
  'internal/process/pre_execution', 'internal/process/execution', 'internal/modules/run_main', 'internal/modules/esm/loader',
  'internal/modules/esm/translators', 'internal/modules/esm/resolve', 'internal/modules/esm/load',
  'internal/modules/esm/get_format', 'internal/modules/esm/module_job', 'internal/modules/esm/module_map',
  'internal/modules/esm/initialize_import_meta', 'internal/deps/cjs-module-lexer/lexer', 'internal/fs/sync_write_stream',
  'internal/navigator', 'internal/util/inspector', 'internal/vm', 'internal/vm/module',
]
