// Node's primordials (frozen copies of the builtins) and the two other per-context scripts, made before anything else runs.
(function (host, ctx) {
  'use strict';

  const PRIVATE = [
    'arrow_message_private_symbol', 'contextify_context_private_symbol', 'decorated_private_symbol',
    'transfer_mode_private_symbol', 'host_defined_option_symbol', 'js_transferable_wrapper_private_symbol',
    'entry_point_module_private_symbol', 'entry_point_promise_private_symbol', 'module_source_private_symbol',
    'module_export_names_private_symbol', 'module_circular_visited_private_symbol', 'module_export_private_symbol',
    'module_first_parent_private_symbol', 'module_last_parent_private_symbol', 'napi_type_tag', 'napi_wrapper',
    'untransferable_object_private_symbol', 'exit_info_private_symbol', 'promise_trace_id',
    'source_map_data_private_symbol',
  ];
  const PER_ISOLATE = [
    'fs_use_promises_symbol', 'async_id_symbol', 'constructor_key_symbol', 'handle_onclose', 'no_message_symbol',
    'messaging_deserialize_symbol', 'imported_cjs_symbol', 'messaging_transfer_symbol', 'messaging_clone_symbol',
    'messaging_transfer_list_symbol', 'oninit', 'owner_symbol', 'onpskexchange', 'resource_symbol',
    'trigger_async_id_symbol', 'source_text_module_default_hdo', 'vm_context_no_contextify',
    'vm_dynamic_import_default_internal', 'vm_dynamic_import_main_context_default', 'vm_dynamic_import_missing_flag',
    'vm_dynamic_import_no_callback',
  ];
  const PARAMS = ['exports', 'primordials', 'privateSymbols', 'perIsolateSymbols'];

  const primordials = { __proto__: null };
  const privateSymbols = { __proto__: null };
  const perIsolateSymbols = { __proto__: null };
  const exports = {};
  for (const name of PRIVATE) privateSymbols[name] = host.privateSymbol(`node:${name}`);
  for (const name of PER_ISOLATE) perIsolateSymbols[name] = Symbol(name);

  const run = (id) => ctx.compileLib(id, PARAMS)(exports, primordials, privateSymbols, perIsolateSymbols);
  run('internal/per_context/primordials');
  run('internal/per_context/domexception');
  run('internal/per_context/messageport');

  ctx.primordials = primordials;
  ctx.privateSymbols = privateSymbols;
  ctx.perIsolateSymbols = perIsolateSymbols;
  // DOMException's maker and emitMessage, which the messaging binding uses.
  ctx.perContextExports = exports;
})
