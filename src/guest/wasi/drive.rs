//! What is called of a core module, in the order of its process, and how each call went.

use super::{Context, order, p1, preopens, report};
use crate::guest::Stop;
use crate::guest::instance::reason;
use crate::world::process::Report;
use wasmtime::{
    Extern, ExternType, FuncType, Instance, Linker, Memory, Module, Store, Table, Val, ValType,
};

/// Makes the instance, which runs its start function, and calls what the process was started for.
pub(super) fn run(store: &mut Store<Context>, module: &Module) -> wasmtime::Result<()> {
    let mut linker = Linker::new(store.engine());
    p1::link(&mut linker)?;
    provide(store, &mut linker, module)?;
    open_preopens(store)?;
    let instance = linker.instantiate(&mut *store, module)?;
    for index in 0.. {
        let pid = store.data().hold.pid;
        let Some((name, exercise)) = order(store.data_mut().hold.world()?, pid, index) else {
            break;
        };
        report(store.data_mut().hold.world()?, pid, index, Report::Started);
        let how = match call(store, &instance, &name) {
            Ok(()) => Report::Loaded,
            // A trap ends the call; what ends the process ends it here as well.
            Err(error) if exercise && error.downcast_ref::<Stop>().is_none() => {
                Report::Threw(reason(&error))
            }
            Err(error) => return Err(error),
        };
        report(store.data_mut().hold.world()?, pid, index, how);
    }
    Ok(())
}

fn call(store: &mut Store<Context>, instance: &Instance, name: &str) -> wasmtime::Result<()> {
    let function = instance
        .get_func(&mut *store, name)
        .ok_or_else(|| wasmtime::Error::msg(format!("no function {name} is exported")))?;
    let signature = function.ty(&*store);
    let arguments: Vec<Val> = signature.params().map(|kind| argument(&kind)).collect();
    let mut results = vec![Val::I32(0); signature.results().len()];
    function.call(store, &arguments, &mut results)
}

/// A value for a parameter of which only the type is known: a small number is a harmless length, count or address.
fn argument(kind: &ValType) -> Val {
    match kind {
        ValType::I32 => Val::I32(1),
        ValType::I64 => Val::I64(1),
        ValType::F32 => Val::F32(1.0_f32.to_bits()),
        ValType::F64 => Val::F64(1.0_f64.to_bits()),
        ValType::V128 => Val::V128(1.into()),
        ValType::Ref(kind) => Val::null_ref(kind.heap_type()),
    }
}

/// Stands in for imports that are not WASI's: functions trap when they are called, and say then which one was wanted;
/// memories, tables and globals are there and empty.
fn provide(
    store: &mut Store<Context>,
    linker: &mut Linker<Context>,
    module: &Module,
) -> wasmtime::Result<()> {
    for import in module.imports() {
        let (from, name) = (import.module(), import.name());
        if linker.get_by_import(&mut *store, &import).is_some() {
            continue;
        }
        let wanted = format!("{from}.{name}");
        let stand_in: Extern = match import.ty() {
            ExternType::Func(kind) => {
                trap(linker, from, name, kind, wanted)?;
                continue;
            }
            ExternType::Memory(kind) => Memory::new(&mut *store, kind)?.into(),
            ExternType::Table(kind) => {
                let empty = wasmtime::Ref::null(kind.element().heap_type());
                Table::new(&mut *store, kind, empty)?.into()
            }
            ExternType::Global(kind) => {
                let zero = zero(kind.content());
                wasmtime::Global::new(&mut *store, kind, zero)?.into()
            }
            other => {
                return Err(wasmtime::Error::msg(format!(
                    "the import {wanted} is a {other:?}, which nobody provides"
                )));
            }
        };
        note_missing(store.data_mut(), &wanted)?;
        linker.define(&mut *store, from, name, stand_in)?;
    }
    Ok(())
}

fn trap(
    linker: &mut Linker<Context>,
    from: &str,
    name: &str,
    kind: FuncType,
    wanted: String,
) -> wasmtime::Result<()> {
    linker.func_new(from, name, kind, move |mut caller, _, _| {
        note_missing(caller.data_mut(), &wanted)?;
        Err(Stop::Import(wanted.clone()).into())
    })?;
    Ok(())
}

fn note_missing(context: &mut Context, wanted: &str) -> Result<(), Stop> {
    let caller = crate::world::Caller::process(context.hold.pid);
    context
        .hold
        .call()?
        .unsupported(&caller, format!("import {wanted}"));
    Ok(())
}

fn zero(kind: &ValType) -> Val {
    match kind {
        ValType::I32 => Val::I32(0),
        ValType::I64 => Val::I64(0),
        ValType::F32 => Val::F32(0),
        ValType::F64 => Val::F64(0),
        ValType::V128 => Val::V128(0.into()),
        ValType::Ref(kind) => Val::null_ref(kind.heap_type()),
    }
}

/// Opens the directories of the start, as descriptors 3 and up. Not recorded: the program did not ask for it.
fn open_preopens(store: &mut Store<Context>) -> wasmtime::Result<()> {
    let context = store.data_mut();
    let pid = context.hold.pid;
    let world = context.hold.world()?;
    for (name, path) in preopens(world, pid) {
        context.p1.preopen(world, pid, &name, &path);
    }
    Ok(())
}
