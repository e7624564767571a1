//! `wasi:cli`: the process itself. Its console is no terminal: package managers pipe what lifecycle scripts print.

use super::streams::Place;
use super::view::Call;
use super::wasi::cli::{
    environment, exit, stderr, stdin, stdout, terminal_input, terminal_output, terminal_stderr,
    terminal_stdin, terminal_stdout,
};
use super::{InputStream, Never, OutputStream, View};
use crate::guest::Stop;
use crate::trace::Kind;
use wasmtime::component::Resource;

impl environment::Host for View<'_> {
    /// All variables at once, recorded as one access to all with the pairs `NAME=value`, separated by NUL, as its payload. A
    /// process without variables is asked nothing that tells, so that is not recorded.
    fn get_environment(&mut self) -> wasmtime::Result<Vec<(String, String)>> {
        let call = self.call()?;
        let Some(process) = call.world.processes.get(call.caller.pid) else {
            return Ok(Vec::new());
        };
        let env: Vec<(String, String)> = process.env.clone().into_iter().collect();
        if !env.is_empty() {
            let pairs = env.iter().map(|(name, value)| format!("{name}={value}"));
            let payload = pairs.collect::<Vec<String>>().join("\0");
            let seq = call.world.note(&call.caller, Kind::EnvList, "*");
            call.world.recorder.attach(seq, payload.into_bytes());
        }
        Ok(env)
    }

    fn get_arguments(&mut self) -> wasmtime::Result<Vec<String>> {
        let call = self.call()?;
        let process = call.world.processes.get(call.caller.pid);
        Ok(process.map_or_else(Vec::new, |process| process.argv.clone()))
    }

    fn initial_cwd(&mut self) -> wasmtime::Result<Option<String>> {
        let call = self.call()?;
        let process = call.world.processes.get(call.caller.pid);
        Ok(process.map(|process| process.cwd.clone()))
    }
}

impl exit::Host for View<'_> {
    fn exit(&mut self, status: Result<(), ()>) -> wasmtime::Result<()> {
        self.call()?;
        Err(Stop::Exit(i32::from(status.is_err())).into())
    }

    fn exit_with_code(&mut self, code: u8) -> wasmtime::Result<()> {
        self.call()?;
        Err(Stop::Exit(code.into()).into())
    }
}

impl Call<'_> {
    fn standard_output(&mut self, fd: u32) -> wasmtime::Result<Resource<OutputStream>> {
        self.push(OutputStream {
            fd,
            place: Place::Descriptor,
            owned: false,
            ended: false,
        })
    }
}

impl stdin::Host for View<'_> {
    fn get_stdin(&mut self) -> wasmtime::Result<Resource<InputStream>> {
        self.call()?.push(InputStream {
            fd: 0,
            place: Place::Descriptor,
            owned: false,
            ended: false,
        })
    }
}

impl stdout::Host for View<'_> {
    fn get_stdout(&mut self) -> wasmtime::Result<Resource<OutputStream>> {
        self.call()?.standard_output(1)
    }
}

impl stderr::Host for View<'_> {
    fn get_stderr(&mut self) -> wasmtime::Result<Resource<OutputStream>> {
        self.call()?.standard_output(2)
    }
}

impl terminal_input::Host for View<'_> {}

impl terminal_input::HostTerminalInput for View<'_> {
    fn drop(&mut self, handle: Resource<Never>) -> wasmtime::Result<()> {
        self.forget(handle)
    }
}

impl terminal_output::Host for View<'_> {}

impl terminal_output::HostTerminalOutput for View<'_> {
    fn drop(&mut self, handle: Resource<Never>) -> wasmtime::Result<()> {
        self.forget(handle)
    }
}

impl terminal_stdin::Host for View<'_> {
    fn get_terminal_stdin(&mut self) -> wasmtime::Result<Option<Resource<Never>>> {
        self.call()?;
        Ok(None)
    }
}

impl terminal_stdout::Host for View<'_> {
    fn get_terminal_stdout(&mut self) -> wasmtime::Result<Option<Resource<Never>>> {
        self.call()?;
        Ok(None)
    }
}

impl terminal_stderr::Host for View<'_> {
    fn get_terminal_stderr(&mut self) -> wasmtime::Result<Option<Resource<Never>>> {
        self.call()?;
        Ok(None)
    }
}
