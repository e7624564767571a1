//! Components as programs: what they import is linked, what they export is called in the order of their process.

use super::view::{Handles, View};
use super::{Never, SERVED};
use crate::guest::instance::reason;
use crate::guest::wasi::{Context, order, report};
use crate::guest::{Stop, hold};
use crate::world::Caller;
use crate::world::process::Report;
use std::time::Instant;
use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{
    Component, Func, Instance, Linker, LinkerInstance, ResourceType, Type, Val,
};
use wasmtime::{Engine, Store};

/// The interface by whose one function a command is run; a version follows.
const RUN: &str = "wasi:cli/run@";

/// Bytes that one call may hand to the host: a write of this size is far more than the libraries of any language make.
const MAX_HANDED: usize = 32 << 20;

/// Handles that a component may have in all its own tables, those of its own resources included.
const MAX_OWN_HANDLES: usize = 20_000;

/// How deep made-up arguments may nest.
const MAX_NESTING: u32 = 8;

/// Calls what the process was started for. After a function that was allowed to trap, and has, the others get a store of
/// their own: the engine enters nothing of the old one again.
pub(in crate::guest::wasi) fn run(
    engine: &Engine,
    component: &Component,
    mut context: Context,
    deadline: Instant,
) -> (Context, wasmtime::Result<()>) {
    let mut next = 0;
    loop {
        context.hold = context.hold.of_component();
        context.p2 = Handles::new(context.p2.preopens);
        let mut store = hold::store(engine, context, deadline, |context| &mut context.hold);
        let ended = run_from(&mut store, component, &mut next);
        context = store.into_data();
        match ended {
            Ok(Progress::Trapped) => {}
            Ok(Progress::Ended) => return (context, Ok(())),
            Err(error) => return (context, Err(error)),
        }
    }
}

/// How far an instance has come.
enum Progress {
    /// It did all that it was asked.
    Ended,
    /// It trapped where that may be, and cannot go on.
    Trapped,
}

/// Links the component, makes an instance and calls from the place `next` in the order on, which moves with each call.
fn run_from(
    store: &mut Store<Context>,
    component: &Component,
    next: &mut usize,
) -> wasmtime::Result<Progress> {
    store.set_hostcall_fuel(MAX_HANDED);
    store.set_max_component_handles(MAX_OWN_HANDLES);
    let linker = linker(component)?;
    let instance = linker.instantiate(&mut *store, component)?;
    loop {
        let index = *next;
        let pid = store.data().hold.pid;
        let Some((name, exercise)) = order(store.data_mut().hold.world()?, pid, index) else {
            return Ok(Progress::Ended);
        };
        *next = index.saturating_add(1);
        report(store.data_mut().hold.world()?, pid, index, Report::Started);
        let called = call(store, &instance, &name);
        let (how, trapped) = match called {
            Ok(()) => (Report::Loaded, false),
            Err(error) if exercise && error.downcast_ref::<Stop>().is_none() => {
                (Report::Threw(reason(&error)), true)
            }
            Err(error) => return Err(error),
        };
        report(store.data_mut().hold.world()?, pid, index, how);
        if trapped {
            return Ok(Progress::Trapped);
        }
    }
}

/// A linker with the served interfaces, and with functions that trap in place of all others that the component imports.
fn linker(component: &Component) -> wasmtime::Result<Linker<Context>> {
    let engine = component.engine();
    let mut linker = Linker::new(engine);
    super::link(&mut linker, |context: &mut Context| View {
        hold: &mut context.hold,
        handles: &mut context.p2,
    })?;
    for (name, import) in component.component_type().imports(engine) {
        if is_served(name) {
            continue;
        }
        let ComponentItem::ComponentInstance(interface) = &import.ty else {
            stand_in(&mut linker.root(), name, &import.ty, name)?;
            continue;
        };
        let mut instance = linker.instance(name)?;
        for (function, item) in interface.exports(engine) {
            let wanted = format!("{name}#{function}");
            stand_in(&mut instance, function, &item.ty, &wanted)?;
        }
    }
    Ok(linker)
}

/// Whether an import is linked to an interface of ours: by the engine's rules, any released version of the same 0.2.
fn is_served(name: &str) -> bool {
    name.split_once("@0.2.").is_some_and(|(interface, patch)| {
        SERVED.contains(&interface) && patch.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Stands in for something that nobody provides. Functions say when they are called that they were wanted.
fn stand_in(
    linker: &mut LinkerInstance<'_, Context>,
    name: &str,
    item: &ComponentItem,
    wanted: &str,
) -> wasmtime::Result<()> {
    match item {
        ComponentItem::ComponentFunc(_) => {
            let wanted = wanted.to_owned();
            linker.func_new(name, move |mut store, _, _, _| {
                let hold = &mut store.data_mut().hold;
                let caller = Caller::process(hold.pid);
                hold.call()?
                    .unsupported(&caller, format!("import {wanted}"));
                Err(Stop::Import(wanted.clone()).into())
            })
        }
        ComponentItem::Resource(_) => {
            linker.resource(name, ResourceType::host::<Never>(), |_, _| Ok(()))
        }
        ComponentItem::Type(_) => Ok(()),
        _ => Err(wasmtime::Error::msg(format!(
            "the import {wanted} is no function and no type, and nobody provides it"
        ))),
    }
}

/// Calls one exported function. A command that says that it failed ends with code 1, as its host would have it.
fn call(store: &mut Store<Context>, instance: &Instance, name: &str) -> wasmtime::Result<()> {
    let function = find(store, instance, name)
        .ok_or_else(|| wasmtime::Error::msg(format!("no function {name} is exported")))?;
    let kind = function.ty(&*store);
    let arguments = kind
        .params()
        .map(|(name, kind)| {
            made_up(&kind, 0).ok_or_else(|| {
                let reason = format!("the argument {name} is a handle, which cannot be made up");
                wasmtime::Error::msg(reason)
            })
        })
        .collect::<wasmtime::Result<Vec<Val>>>()?;
    let mut results: Vec<Val> = kind.results().map(|_| Val::Bool(false)).collect();
    function.call(&mut *store, &arguments, &mut results)?;
    match results.first() {
        Some(Val::Result(Err(_))) if name == "wasi:cli/run" => Err(Stop::Exit(1).into()),
        _ => Ok(()),
    }
}

/// Finds an exported function: `name` at the top, `interface#name` in an interface, and `wasi:cli/run` for the one of a
/// command, whatever its version.
fn find(store: &mut Store<Context>, instance: &Instance, name: &str) -> Option<Func> {
    let (interface, function) = match name.split_once('#') {
        Some((interface, function)) => (interface.to_owned(), function),
        None if name == "wasi:cli/run" => {
            let engine = store.engine().clone();
            let kind = instance.instance_pre(&*store).component().component_type();
            let mut exports = kind.exports(&engine).map(|(name, _)| name);
            (
                exports.find(|name| name.starts_with(RUN))?.to_owned(),
                "run",
            )
        }
        None => return instance.get_func(store, name),
    };
    let interface = instance.get_export_index(&mut *store, None, &interface)?;
    let index = instance.get_export_index(&mut *store, Some(&interface), function)?;
    instance.get_func(store, index)
}

/// The functions of a component that can be called from outside, in the order of its exports, as [`find`] takes them.
/// The one of a command is named `wasi:cli/run` and comes alone.
pub(in crate::guest) fn functions(component: &Component) -> Vec<String> {
    let engine = component.engine().clone();
    let kind = component.component_type();
    let mut names = Vec::new();
    for (name, item) in kind.exports(&engine) {
        match item.ty {
            ComponentItem::ComponentInstance(_) if name.starts_with(RUN) => {
                return vec!["wasi:cli/run".to_owned()];
            }
            ComponentItem::ComponentInstance(interface) => {
                let functions = interface.exports(&engine);
                let functions = functions.filter(|(_, item)| is_function(&item.ty));
                names.extend(functions.map(|(function, _)| format!("{name}#{function}")));
            }
            item if is_function(&item) => names.push(name.to_owned()),
            _ => {}
        }
    }
    names
}

fn is_function(item: &ComponentItem) -> bool {
    matches!(item, ComponentItem::ComponentFunc(function) if takes_values(function))
}

fn takes_values(function: &ComponentFunc) -> bool {
    function
        .params()
        .all(|(_, kind)| made_up(&kind, 0).is_some())
}

/// A small harmless value of a type: `None` for one that has no value which a host can make.
fn made_up(kind: &Type, depth: u32) -> Option<Val> {
    if depth > MAX_NESTING {
        return None;
    }
    let inner = |kind: &Type| made_up(kind, depth.saturating_add(1));
    let boxed = |kind: Option<Type>| match kind {
        Some(kind) => inner(&kind).map(|value| Some(Box::new(value))),
        None => Some(None),
    };
    Some(match kind {
        Type::Bool => Val::Bool(true),
        Type::S8 => Val::S8(1),
        Type::U8 => Val::U8(1),
        Type::S16 => Val::S16(1),
        Type::U16 => Val::U16(1),
        Type::S32 => Val::S32(1),
        Type::U32 => Val::U32(1),
        Type::S64 => Val::S64(1),
        Type::U64 => Val::U64(1),
        Type::Float32 => Val::Float32(1.0),
        Type::Float64 => Val::Float64(1.0),
        Type::Char => Val::Char('a'),
        Type::String => Val::String("a".to_owned()),
        Type::List(list) => Val::List(vec![inner(&list.ty())?]),
        Type::Record(record) => {
            let fields = record
                .fields()
                .map(|field| Some((field.name.to_owned(), inner(&field.ty)?)));
            Val::Record(fields.collect::<Option<_>>()?)
        }
        Type::Tuple(tuple) => Val::Tuple(
            tuple
                .types()
                .map(|kind| inner(&kind))
                .collect::<Option<_>>()?,
        ),
        Type::Variant(variant) => {
            let case = variant.cases().next()?;
            Val::Variant(case.name.to_owned(), boxed(case.ty)?)
        }
        Type::Enum(names) => Val::Enum(names.names().next()?.to_owned()),
        Type::Option(option) => Val::Option(inner(&option.ty()).map(Box::new)),
        Type::Result(result) => Val::Result(Ok(boxed(result.ok())?)),
        Type::Flags(_) => Val::Flags(Vec::new()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_released_versions_of_the_second_preview_are_served() {
        for name in ["wasi:io/poll@0.2.0", "wasi:filesystem/types@0.2.12"] {
            assert!(is_served(name), "{name}");
        }
        for name in [
            "wasi:io/poll",
            "wasi:io/poll@0.3.0",
            "wasi:io/poll@0.2.0-rc-2023-12-05",
            "wasi:http/types@0.2.0",
            "vendor:io/poll@0.2.0",
        ] {
            assert!(!is_served(name), "{name}");
        }
    }
}
