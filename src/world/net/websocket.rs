//! WebSocket frames that clients send (RFC 6455): unmasked, so that the trace has what was said.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};

/// Most bytes of one message that are kept.
const MAX_MESSAGE: usize = 16 << 20;

/// The constant of RFC 6455 section 1.3.
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// What proves to the client that the server speaks the protocol.
pub(super) fn accept_key(key: &str) -> String {
    STANDARD.encode(Sha1::digest(format!("{key}{GUID}")))
}

/// Puts frames together again.
#[derive(Debug, Default)]
pub(super) struct Frames {
    buffer: Vec<u8>,
    message: Vec<u8>,
}

impl Frames {
    /// Bytes of a message that is not complete yet.
    pub(super) fn held(&self) -> usize {
        self.buffer.len().saturating_add(self.message.len())
    }

    /// Takes what was sent and returns the messages that are complete.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let room = MAX_MESSAGE.saturating_sub(self.buffer.len());
        self.buffer
            .extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
        let mut messages = Vec::new();
        while let Some((length, is_last, payload)) = frame(&self.buffer) {
            self.buffer.drain(..length);
            if self.message.len() < MAX_MESSAGE {
                self.message.extend_from_slice(&payload);
            }
            if is_last {
                messages.push(std::mem::take(&mut self.message));
            }
        }
        messages
    }
}

/// The first frame: its length on the wire, whether it ends a message, and what it says.
fn frame(buffer: &[u8]) -> Option<(usize, bool, Vec<u8>)> {
    let (first, second) = (*buffer.first()?, *buffer.get(1)?);
    let (length, start) = match second & 0x7f {
        126 => {
            let bytes = buffer.get(2..4)?.try_into().ok()?;
            (usize::from(u16::from_be_bytes(bytes)), 4)
        }
        127 => {
            let bytes = buffer.get(2..10)?.try_into().ok()?;
            (usize::try_from(u64::from_be_bytes(bytes)).ok()?, 10)
        }
        short => (usize::from(short), 2),
    };
    let (mask, start): ([u8; 4], usize) = if second & 0x80 == 0 {
        ([0; 4], start)
    } else {
        (buffer.get(start..start + 4)?.try_into().ok()?, start + 4)
    };
    let end = start.checked_add(length)?;
    let payload = buffer
        .get(start..end)?
        .iter()
        .zip(mask.iter().cycle())
        .map(|(byte, mask)| byte ^ mask)
        .collect();
    Some((end, first & 0x80 != 0, payload))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_is_accepted() {
        assert_eq!(
            accept_key("dGhlIHNhbXBsZSBub25jZQ=="),
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
    }

    #[test]
    fn masked_fragments_become_one_message() {
        let mut frames = Frames::default();
        let bytes = [0x01, 0x82, 1, 2, 3, 4, b'a' ^ 1, b'b' ^ 2, 0x80, 0x01, b'c'];
        assert!(frames.feed(&bytes[..7]).is_empty());
        assert_eq!(frames.feed(&bytes[7..]), [b"abc".to_vec()]);
    }

    #[test]
    fn a_lying_length_waits() {
        let mut frames = Frames::default();
        assert!(
            frames
                .feed(&[0x82, 0x7f, 255, 255, 255, 255, 255, 255, 255, 255, 0])
                .is_empty()
        );
    }
}
