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
    let engine =
        super::engine::engine().map_err(|error| ProgramError::Engine(check::line(&error)))?;
    compile_for(&engine, bytes)
}

fn compile_for(engine: &Engine, bytes: &[u8]) -> Result<Vec<u8>, ProgramError> {
    let compiled = match check::check(bytes)? {
        Form::Module => engine.precompile_module(bytes),
        Form::Component => engine.precompile_component(bytes),
    };
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

#[expect(
    unsafe_code,
    reason = "loading native code is unsafe by nature; see the safety comment"
)]
fn module(engine: &Engine, code: &[u8]) -> wasmtime::Result<Module> {
    // SAFETY: the code was made by `compile` of this program, in this process or in a child of it that could do nothing but
    // return it, and went through nothing but memory since.
    unsafe { Module::deserialize(engine, code) }
}

#[expect(
    unsafe_code,
    reason = "loading native code is unsafe by nature; see the safety comment"
)]
fn component(engine: &Engine, code: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: as for a module.
    unsafe { Component::deserialize(engine, code) }
}
