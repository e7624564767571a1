//! Untrusted WebAssembly: checked, compiled, and loaded as a program of the world.
//!
//! Compiling is a function from bytes to bytes without any effect ([`compile`]), so that a process that can do nothing else
//! can run it. What it returns is native code, and loading that is a decision of its own ([`Program::load`]).

mod check;

pub use check::{Form, ProgramError, form};

use super::Runtime;
use super::wasi::p2;
use wasmtime::component::Component;
use wasmtime::{Engine, Module};

/// Native code, with what it was made of.
pub(super) enum Code {
    /// A core module.
    Module(Module),
    /// A component.
    Component(Component),
}

/// What a program that waits to be called wants to be called first.
pub(super) const INITIALIZE: &str = "_initialize";

/// How a program is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// As a whole: by this function.
    Start(String),
    /// Function by function, since it waits for calls.
    Functions {
        /// What has to be called before all others.
        first: Option<String>,
        /// The functions that it exports, in their order.
        names: Vec<String>,
    },
}

/// A WebAssembly program, ready to be started as often as one likes.
pub struct Program {
    pub(super) code: Code,
}

/// Checks WebAssembly against the limits and compiles it for the engine of this program on this machine.
///
/// # Errors
///
/// [`ProgramError`] when it is no WebAssembly, is over a limit, or needs what the engine does not do.
pub fn compile(bytes: &[u8]) -> Result<Vec<u8>, ProgramError> {
    let form = check::check(bytes)?;
    let compiled = super::engine::compiler().and_then(|engine| match form {
        Form::Module => engine.precompile_module(bytes),
        Form::Component => engine.precompile_component(bytes),
    });
    compiled.map_err(|error| ProgramError::Engine(check::line(&error)))
}

impl Program {
    /// Loads what [`compile`] made.
    ///
    /// # Errors
    ///
    /// [`ProgramError::Engine`] when it was not made for this engine.
    pub fn load(runtime: &Runtime, code: &[u8]) -> Result<Program, ProgramError> {
        let wrong = |error| ProgramError::Engine(check::line(&error));
        match Engine::detect_precompiled(code) {
            Some(wasmtime::Precompiled::Module) => Ok(Program {
                code: Code::Module(module(runtime.engine(), code).map_err(wrong)?),
            }),
            Some(wasmtime::Precompiled::Component) => Ok(Program {
                code: Code::Component(component(runtime.engine(), code).map_err(wrong)?),
            }),
            None => Err(ProgramError::Engine("no compiled code".into())),
        }
    }

    /// The function by which a program of this form is run as a command.
    #[must_use]
    pub fn command(&self) -> &'static str {
        match &self.code {
            Code::Module(_) => "_start",
            Code::Component(_) => "wasi:cli/run",
        }
    }

    /// The functions that can be called from outside, in the order of the exports: that of a command alone, if there is one.
    #[must_use]
    pub fn functions(&self) -> Vec<String> {
        match &self.code {
            Code::Module(module) => {
                let functions = module
                    .exports()
                    .filter(|export| export.ty().func().is_some());
                let names: Vec<String> = functions.map(|export| export.name().to_owned()).collect();
                if names.iter().any(|name| name == self.command()) {
                    return vec![self.command().to_owned()];
                }
                names
            }
            Code::Component(component) => p2::functions(component),
        }
    }
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Program")
            .field("entry", &self.entry())
            .finish()
    }
}

impl Program {
    /// How it is run, as its exports tell.
    #[must_use]
    pub fn entry(&self) -> Entry {
        let mut names = self.functions();
        if names == [self.command()] {
            return Entry::Start(self.command().to_owned());
        }
        let first = names.iter().position(|name| name == INITIALIZE);
        Entry::Functions {
            first: first.map(|place| names.remove(place)),
            names,
        }
    }
}

#[expect(
    unsafe_code,
    reason = "loading native code is unsafe by nature; see the safety comment"
)]
fn module(engine: &Engine, code: &[u8]) -> wasmtime::Result<Module> {
    // SAFETY: the code was made by `compile` of this program, in this process or in a child of it that could do nothing but
    // return it, and went through nothing but memory since.
    let module = unsafe { Module::deserialize(engine, code)? };
    // What the engine would make of it at its first start, a locked process cannot make any more.
    module.initialize_copy_on_write_image()?;
    Ok(module)
}

#[expect(
    unsafe_code,
    reason = "loading native code is unsafe by nature; see the safety comment"
)]
fn component(engine: &Engine, code: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: as for a module.
    let component = unsafe { Component::deserialize(engine, code)? };
    component.initialize_copy_on_write_image()?;
    Ok(component)
}
