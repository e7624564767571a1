//! `wasi:random`: seeded, so that a run can be repeated; the three interfaces do not differ.

use super::View;
use super::view::Call;
use super::wasi::random::{insecure, insecure_seed, random};

/// Bytes that one call may ask for; the component traps when it wants more, as the length cannot be refused otherwise.
const MAX_BYTES: u64 = 4 << 20;

impl Call<'_> {
    fn random_bytes(&mut self, length: u64) -> wasmtime::Result<Vec<u8>> {
        let length = usize::try_from(length.min(MAX_BYTES.saturating_add(1)))?;
        if length as u64 > MAX_BYTES {
            let reason = format!("more than {MAX_BYTES} random bytes in one call");
            self.world
                .hit_limit(&self.caller, "random", reason.as_str());
            return Err(wasmtime::Error::msg(reason));
        }
        let mut bytes = vec![0; length];
        self.world.random.fill(&mut bytes);
        Ok(bytes)
    }
}

impl random::Host for View<'_> {
    fn get_random_bytes(&mut self, length: u64) -> wasmtime::Result<Vec<u8>> {
        self.call()?.random_bytes(length)
    }

    fn get_random_u64(&mut self) -> wasmtime::Result<u64> {
        Ok(self.call()?.world.random.next_u64())
    }
}

impl insecure::Host for View<'_> {
    fn get_insecure_random_bytes(&mut self, length: u64) -> wasmtime::Result<Vec<u8>> {
        self.call()?.random_bytes(length)
    }

    fn get_insecure_random_u64(&mut self) -> wasmtime::Result<u64> {
        Ok(self.call()?.world.random.next_u64())
    }
}

impl insecure_seed::Host for View<'_> {
    fn insecure_seed(&mut self) -> wasmtime::Result<(u64, u64)> {
        let random = &mut self.call()?.world.random;
        Ok((random.next_u64(), random.next_u64()))
    }
}
