//! Programs that encode, compress and digest.

use super::{Done, Tool};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::{GzEncoder, MultiGzDecoder};
use sha2::Digest as _;
use std::io::Read as _;

/// Bytes that one decompression may make.
pub(super) const MAX_EXPANDED: u64 = 64 << 20;

/// Text in lines of this many characters, as `base64` writes it.
fn wrapped(text: &str, width: usize) -> String {
    if width == 0 {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    chars
        .chunks(width)
        .map(|line| format!("{}\n", line.iter().collect::<String>()))
        .collect()
}

/// Decodes base64 and ignores what does not belong to it.
fn decoded(bytes: &[u8]) -> Option<Vec<u8>> {
    let clean: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    STANDARD.decode(&clean).ok()
}

pub(super) fn base64(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("w wrap b i o");
    let operands = options
        .value("i")
        .map_or(options.operands.clone(), |path| vec![path.to_owned()]);
    let (bytes, failed) = tool.inputs(&operands)?;
    if options.has("d D decode") {
        let Some(output) = decoded(&bytes) else {
            return tool.fail(1, "invalid input");
        };
        tool.out(output)?;
        return Ok(i32::from(failed));
    }
    let width = options
        .value("w wrap b")
        .and_then(|text| text.parse().ok())
        .unwrap_or(76);
    tool.out(wrapped(&STANDARD.encode(bytes), width))?;
    Ok(i32::from(failed))
}

/// Decompresses gzip; `None` for bytes that are none, or too many.
pub(super) fn expand(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut output = Vec::new();
    let read = MultiGzDecoder::new(bytes)
        .take(MAX_EXPANDED.saturating_add(1))
        .read_to_end(&mut output);
    (read.is_ok() && output.len() as u64 <= MAX_EXPANDED).then_some(output)
}

/// Compresses with a header without name and time, so that equal input gives equal output.
pub(super) fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut output = Vec::new();
    // Reading from memory does not fail.
    let _ = GzEncoder::new(bytes, Compression::default()).read_to_end(&mut output);
    output
}

pub(super) fn gzip(tool: &mut Tool<'_, '_>) -> Done {
    if tool.options("").has("d decompress uncompress") {
        return gunzip(tool);
    }
    convert(
        tool,
        |bytes| Some(compress(bytes)),
        |path| Some(format!("{path}.gz")),
    )
}

pub(super) fn gunzip(tool: &mut Tool<'_, '_>) -> Done {
    convert(tool, expand, |path| {
        path.strip_suffix(".gz")
            .or(path.strip_suffix(".tgz"))
            .map(str::to_owned)
    })
}

/// Converts standard input, or each file in place.
fn convert(
    tool: &mut Tool<'_, '_>,
    change: impl Fn(&[u8]) -> Option<Vec<u8>>,
    name: impl Fn(&str) -> Option<String>,
) -> Done {
    let options = tool.options("S");
    let to_output =
        options.has("c stdout to-stdout") || options.operands.is_empty() || tool.name == "zcat";
    let operands = if options.operands.is_empty() {
        vec!["-".to_owned()]
    } else {
        options.operands.clone()
    };
    let mut status = 0;
    for path in operands {
        let Some(bytes) = tool.operand(&path)? else {
            status = 1;
            continue;
        };
        let Some(output) = change(&bytes) else {
            status = tool.fail(1, &format!("{path}: not in gzip format"))?;
            continue;
        };
        if to_output {
            tool.out(output)?;
            continue;
        }
        let Some(target) = name(&path) else {
            status = tool.fail(2, &format!("{path}: unknown suffix -- ignored"))?;
            continue;
        };
        let caller = tool.caller();
        let mut result = tool.seat.write_file(&caller, &target, &output, false);
        if result.is_ok() && !options.has("k keep") {
            result = tool.seat.world.unlink(&caller, &path);
        }
        if let Err(errno) = result {
            status = tool.fail_on(&target, errno)?;
        }
    }
    Ok(status)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of some bytes by the name of its algorithm.
fn digest_of(algorithm: &str, bytes: &[u8]) -> Option<String> {
    Some(match algorithm {
        "md5" => hexadecimal(&md5::Md5::digest(bytes)),
        "sha1" => hexadecimal(&sha1::Sha1::digest(bytes)),
        "sha256" => hexadecimal(&sha2::Sha256::digest(bytes)),
        "sha384" => hexadecimal(&sha2::Sha384::digest(bytes)),
        "sha512" => hexadecimal(&sha2::Sha512::digest(bytes)),
        _ => return None,
    })
}

/// `md5sum`, `sha256sum` and their like, with `-c`.
pub(super) fn digest(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("");
    let algorithm = tool.name.trim_end_matches("sum");
    let operands = if options.operands.is_empty() {
        vec!["-".to_owned()]
    } else {
        options.operands.clone()
    };
    let mut status = 0;
    for path in operands {
        let Some(bytes) = tool.operand(&path)? else {
            status = 1;
            continue;
        };
        if !options.has("c check") {
            let digest = digest_of(algorithm, &bytes).unwrap_or_default();
            tool.out(format!("{digest}  {path}\n"))?;
            continue;
        }
        for line in String::from_utf8_lossy(&bytes).lines() {
            let Some((wanted, path)) = line.split_once(' ') else {
                continue;
            };
            let path = path.trim_start_matches([' ', '*']);
            let found = tool
                .operand(path)?
                .and_then(|bytes| digest_of(algorithm, &bytes));
            let good = found.as_deref() == Some(wanted);
            let hushed = options.has("status") || (good && options.has("quiet"));
            if !hushed {
                tool.out(format!("{path}: {}\n", if good { "OK" } else { "FAILED" }))?;
            }
            if !good {
                status = 1;
            }
        }
    }
    Ok(status)
}

/// `xxd` and `od`, in the forms that scripts use to see or make hexadecimal digits.
pub(super) fn dump(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options("l c s A t N w j");
    let bytes = tool.inputs(options.operands.get(..1).unwrap_or(&[]))?.0;
    let count = options
        .value("l N")
        .and_then(|text| text.parse().ok())
        .unwrap_or(usize::MAX);
    let bytes = bytes.get(..count.min(bytes.len())).unwrap_or(&bytes);
    if tool.name == "xxd" && options.has("r") {
        let digits: Vec<u8> = bytes
            .iter()
            .copied()
            .filter(u8::is_ascii_hexdigit)
            .collect();
        let pairs = digits
            .chunks_exact(2)
            .filter_map(|pair| std::str::from_utf8(pair).ok());
        let output: Vec<u8> = pairs
            .filter_map(|pair| u8::from_str_radix(pair, 16).ok())
            .collect();
        tool.out(output)?;
        return Ok(0);
    }
    if tool.name == "xxd" && options.has("p") {
        tool.out(wrapped(&hexadecimal(bytes), 60))?;
        return Ok(0);
    }
    let addresses = options.value("A") != Some("n");
    let mut output = String::new();
    for (i, line) in bytes.chunks(16).enumerate() {
        if addresses {
            output.push_str(&format!("{:08x}:", i.saturating_mul(16)));
        }
        for byte in line {
            output.push_str(&format!(" {byte:02x}"));
        }
        output.push('\n');
    }
    tool.out(output)?;
    Ok(0)
}

fn openssl_base64(tool: &mut Tool<'_, '_>, args: &[String]) -> Done {
    let has = |name: &str| args.iter().any(|arg| arg == name);
    let value = |name: &str| args.iter().skip_while(|arg| *arg != name).nth(1).cloned();
    let bytes = match value("-in") {
        Some(path) => tool.operand(&path)?.unwrap_or_default(),
        None => tool.input()?,
    };
    let output = if has("-d") {
        decoded(&bytes).unwrap_or_default()
    } else {
        wrapped(&STANDARD.encode(&bytes), if has("-A") { 0 } else { 64 }).into_bytes()
    };
    let Some(path) = value("-out") else {
        tool.out(output)?;
        return Ok(0);
    };
    let caller = tool.caller();
    match tool.seat.write_file(&caller, &path, &output, false) {
        Ok(()) => Ok(0),
        Err(errno) => tool.fail_on(&path, errno),
    }
}

/// `openssl base64|dgst|rand|version`; what encrypts is refused and recorded.
pub(super) fn openssl(tool: &mut Tool<'_, '_>) -> Done {
    let Some((verb, args)) = tool
        .args
        .clone()
        .split_first()
        .map(|(verb, args)| (verb.clone(), args.to_vec()))
    else {
        return Ok(0);
    };
    // Its long options have one dash.
    let has = |name: &str| args.iter().any(|arg| arg == name);
    match verb.as_str() {
        "version" => {
            tool.out("OpenSSL 3.0.13 30 Jan 2024 (Library: OpenSSL 3.0.13 30 Jan 2024)\n")?
        }
        "base64" => return openssl_base64(tool, &args),
        "dgst" | "md5" | "sha1" | "sha256" | "sha512" => {
            let named = ["md5", "sha1", "sha256", "sha384", "sha512"]
                .into_iter()
                .find(|name| has(&format!("-{name}")) || *name == verb);
            let algorithm = named.unwrap_or("sha256");
            let path = args
                .iter()
                .find(|arg| !arg.starts_with('-'))
                .cloned()
                .unwrap_or_else(|| "-".to_owned());
            let Some(bytes) = tool.operand(&path)? else {
                return Ok(1);
            };
            let digest = digest_of(algorithm, &bytes).unwrap_or_default();
            let label = if path == "-" { "stdin" } else { &path };
            tool.out(format!("{}({label})= {digest}\n", algorithm.to_uppercase()))?;
        }
        "rand" => {
            let count: usize = args
                .last()
                .and_then(|text| text.parse().ok())
                .unwrap_or(0)
                .min(1 << 20);
            let mut bytes = vec![0; count];
            tool.seat.world.random.fill(&mut bytes);
            let text = if has("-hex") {
                format!("{}\n", hexadecimal(&bytes)).into_bytes()
            } else if has("-base64") {
                wrapped(&STANDARD.encode(&bytes), 64).into_bytes()
            } else {
                bytes
            };
            tool.out(text)?;
        }
        verb => return tool.unsupported(verb),
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_reads_what_it_wrote_and_refuses_the_rest() {
        assert_eq!(expand(&compress(b"abc")).unwrap(), b"abc");
        assert!(expand(b"abc").is_none());
    }

    #[test]
    fn digests_are_those_of_their_algorithms() {
        assert_eq!(
            digest_of("md5", b"").unwrap(),
            "d41d8cd98f00b204e9800998ecf8427e"
        );
        assert!(digest_of("sum", b"").is_none());
    }
}
