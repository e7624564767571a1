//! `curl` and `wget`.

use super::{Done, Options, Tool};
use crate::world::Errno;
use crate::world::net::{HttpRequest, HttpResponse};
use base64::Engine as _;
use bytes::Bytes;

/// Redirects that are followed.
const MAX_REDIRECTS: u32 = 10;

/// Options of curl that take a value.
const CURL_VALUED: &str = "o d X H T F u A e b c m w x E r y Y z K D U C output data data-raw data-binary data-ascii \
    data-urlencode json request header upload-file form form-string user user-agent referer cookie cookie-jar max-time \
    connect-timeout retry retry-delay retry-max-time write-out proxy cert key cacert resolve range config dump-header url \
    output-dir max-redirs noproxy socks5 socks5-hostname limit-rate ciphers interface unix-socket request-target";

/// Options of wget that take a value.
const WGET_VALUED: &str = "O o P t T U e output-document output-file directory-prefix tries timeout user-agent header \
    post-data post-file body-data body-file method user password";

fn address(text: &str) -> String {
    if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    }
}

/// The last part of an address's path, as the name of a file.
fn file_name(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or("");
    let after = path.split_once("://").map_or(path, |(_, rest)| rest);
    after
        .split('/')
        .skip(1)
        .last()
        .filter(|name| !name.is_empty())
        .unwrap_or("index.html")
        .to_owned()
}

/// Makes a request and follows redirects when it is asked to.
fn fetch(
    tool: &mut Tool<'_, '_>,
    mut request: HttpRequest,
    follow: bool,
) -> Result<HttpResponse, Errno> {
    let caller = tool.caller();
    for _ in 0..MAX_REDIRECTS {
        let response = tool.seat.world.http(&caller, &request)?;
        let next = response.header("location").map(str::to_owned);
        match next {
            Some(next) if follow && (300..400).contains(&response.status) => {
                let base = url::Url::parse(&request.url).map_err(|_| Errno::INVAL)?;
                request.url = base.join(&next).map_err(|_| Errno::INVAL)?.to_string();
                if matches!(response.status, 301..=303) && request.method == "POST" {
                    request.method = "GET".to_owned();
                    request.body = Bytes::new();
                }
            }
            _ => return Ok(response),
        }
    }
    Err(Errno::LOOP)
}

/// Exit codes of curl. Source: curl(1).
fn curl_status(errno: Errno) -> i32 {
    match errno {
        Errno::HOSTUNREACH => 6,
        Errno::CONNREFUSED => 7,
        Errno::TIMEDOUT => 28,
        Errno::INVAL => 3,
        Errno::LOOP => 47,
        _ => 56,
    }
}

pub(super) fn curl(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options(CURL_VALUED);
    if options.has("V version") {
        tool.out("curl 8.5.0 (x86_64-pc-linux-gnu) libcurl/8.5.0 OpenSSL/3.0.13\n")?;
        return Ok(0);
    }
    let mut urls: Vec<String> = options.values("url").map(str::to_owned).collect();
    urls.extend(options.operands.iter().cloned());
    if urls.is_empty() {
        return tool.fail(2, "no URL specified");
    }
    let mut status = 0;
    let outputs: Vec<String> = options.values("o output").map(str::to_owned).collect();
    for (i, url) in urls.iter().enumerate() {
        let Some(mut request) = curl_request(tool, &options, &address(url))? else {
            return Ok(26);
        };
        if options.has("G get") && !request.body.is_empty() {
            let query = String::from_utf8_lossy(&request.body).into_owned();
            request
                .url
                .push_str(if request.url.contains('?') { "&" } else { "?" });
            request.url.push_str(&query);
            request.body = Bytes::new();
        }
        let output = match outputs.get(i) {
            Some(path) => Some(path.clone()),
            None if options.has("O remote-name remote-name-all") => Some(file_name(url)),
            None => None,
        };
        status = deliver(tool, &options, request, output)?;
    }
    Ok(status)
}

/// Builds the request; `None` after a complaint about a file that cannot be read.
fn curl_request(
    tool: &mut Tool<'_, '_>,
    options: &Options,
    url: &str,
) -> Result<Option<HttpRequest>, crate::world::Stopped> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for header in options.values("H header") {
        if let Some((name, value)) = header.split_once(':') {
            headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    let has = |headers: &[(String, String)], name: &str| {
        headers
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(name))
    };
    if !has(&headers, "user-agent") {
        let agent = options.value("A user-agent").unwrap_or("curl/8.5.0");
        headers.push(("User-Agent".to_owned(), agent.to_owned()));
    }
    if !has(&headers, "accept") {
        headers.push(("Accept".to_owned(), "*/*".to_owned()));
    }
    if let Some(user) = options.value("u user") {
        let code = base64::engine::general_purpose::STANDARD.encode(user);
        headers.push(("Authorization".to_owned(), format!("Basic {code}")));
    }
    for (names, field) in [("e referer", "Referer"), ("b cookie", "Cookie")] {
        if let Some(value) = options.value(names) {
            headers.push((field.to_owned(), value.to_owned()));
        }
    }
    let Some((body, kind)) = curl_body(tool, options)? else {
        return Ok(None);
    };
    let upload = options.value("T upload-file").is_some();
    if let Some(kind) = kind
        && !has(&headers, "content-type")
    {
        headers.push(("Content-Type".to_owned(), kind));
    }
    let method = match options.value("X request") {
        Some(method) => method.to_owned(),
        None if options.has("I head") => "HEAD".to_owned(),
        None if upload => "PUT".to_owned(),
        None if options.has("G get") => "GET".to_owned(),
        None if has_data(options) => "POST".to_owned(),
        None => "GET".to_owned(),
    };
    Ok(Some(HttpRequest {
        method,
        url: url.to_owned(),
        headers,
        body: body.into(),
    }))
}

fn has_data(options: &Options) -> bool {
    options.has("d F data data-raw data-binary data-ascii data-urlencode json form form-string")
}

/// The body and its type.
type Body = Option<(Vec<u8>, Option<String>)>;

/// Between the parts of a form.
const BOUNDARY: &str = "------------------------d74496d66958873e";

const FORM: [&str; 3] = ["F", "form", "form-string"];

const DATA: [&str; 7] = [
    "d",
    "data",
    "data-raw",
    "data-binary",
    "data-ascii",
    "data-urlencode",
    "json",
];

/// `None` when a file that is to be sent cannot be read.
fn curl_body(tool: &mut Tool<'_, '_>, options: &Options) -> Result<Body, crate::world::Stopped> {
    if let Some(path) = options.value("T upload-file") {
        return Ok(tool.operand(path)?.map(|bytes| (bytes, None)));
    }
    let mut body = Vec::new();
    let parts: Vec<(String, String)> = options
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    for (name, value) in parts {
        if FORM.contains(&name.as_str()) {
            let (field, source) = value.split_once('=').unwrap_or(("", &value));
            let Some((bytes, file)) = source_bytes(tool, &name, source)? else {
                return Ok(None);
            };
            let file = file
                .map(|file| format!("; filename=\"{file}\""))
                .unwrap_or_default();
            let head = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"{file}\r\n\r\n"
            );
            body.extend(head.bytes());
            body.extend(bytes);
            body.extend(b"\r\n");
        } else if DATA.contains(&name.as_str()) {
            let Some((bytes, _)) = source_bytes(tool, &name, &value)? else {
                return Ok(None);
            };
            if !body.is_empty() {
                body.push(b'&');
            }
            body.extend(bytes);
        }
    }
    let kind = if options.has("F form form-string") {
        body.extend(format!("--{BOUNDARY}--\r\n").bytes());
        Some(format!("multipart/form-data; boundary={BOUNDARY}"))
    } else if options.has("json") {
        Some("application/json".to_owned())
    } else {
        has_data(options).then(|| "application/x-www-form-urlencoded".to_owned())
    };
    Ok(Some((body, kind)))
}

/// The bytes of one part, and the name of the file that they come from; `None` when that cannot be read.
type Part = Option<(Vec<u8>, Option<String>)>;

fn source_bytes(
    tool: &mut Tool<'_, '_>,
    name: &str,
    source: &str,
) -> Result<Part, crate::world::Stopped> {
    let marks: &[char] = match name {
        "data-raw" | "form-string" => &[],
        "F" | "form" => &['@', '<'],
        _ => &['@'],
    };
    let Some(path) = source.strip_prefix(marks) else {
        let bytes = match name {
            "data-urlencode" => encoded(source).into_bytes(),
            _ => source.as_bytes().to_vec(),
        };
        return Ok(Some((bytes, None)));
    };
    let path = path.split(';').next().unwrap_or(path);
    let Some(mut bytes) = tool.operand(path)? else {
        return Ok(None);
    };
    match name {
        "d" | "data" | "data-ascii" => bytes.retain(|byte| !matches!(byte, b'\n' | b'\r')),
        "data-urlencode" => bytes = encoded(&String::from_utf8_lossy(&bytes)).into_bytes(),
        _ => {}
    }
    let file = path.rsplit('/').next().unwrap_or(path).to_owned();
    Ok(Some((bytes, Some(file))))
}

/// `name=value` with the value percent-encoded.
fn encoded(text: &str) -> String {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (format!("{name}="), value),
        None => (String::new(), text),
    };
    let name = if name == "=" { String::new() } else { name };
    let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    format!("{name}{}", value.replace('+', "%20"))
}

fn deliver(
    tool: &mut Tool<'_, '_>,
    options: &Options,
    request: HttpRequest,
    output: Option<String>,
) -> Done {
    let url = request.url.clone();
    let response = match fetch(tool, request, options.has("L location")) {
        Ok(response) => response,
        Err(errno) => {
            let status = curl_status(errno);
            if !options.has("s silent") || options.has("S show-error") {
                tool.complain(&format!(
                    "({status}) Failed to connect to {url}: {}",
                    errno.message()
                ))?;
            }
            return Ok(status);
        }
    };
    if response.status >= 400 && options.has("f fail") {
        if !options.has("s silent") || options.has("S show-error") {
            tool.complain(&format!(
                "(22) The requested URL returned error: {}",
                response.status
            ))?;
        }
        return Ok(22);
    }
    let mut bytes = Vec::new();
    if options.has("i include I head") {
        bytes.extend(format!("HTTP/1.1 {}\r\n", response.status).bytes());
        for (name, value) in &response.headers {
            bytes.extend(format!("{name}: {value}\r\n").bytes());
        }
        bytes.extend(b"\r\n");
    }
    bytes.extend(&response.body);
    match output.as_deref() {
        None | Some("-") => tool.out(&bytes)?,
        Some(path) => {
            let path = match options.value("output-dir") {
                Some(directory) => format!("{directory}/{path}"),
                None => path.to_owned(),
            };
            let caller = tool.caller();
            if let Some((parent, _)) = path.rsplit_once('/').filter(|_| options.has("create-dirs"))
            {
                // When this fails, so does the file.
                let _ = tool.seat.world.mkdir(&caller, parent, 0o777);
            }
            if let Err(errno) = tool.seat.write_file(&caller, &path, &bytes, false) {
                tool.fail_on(&path, errno)?;
                return Ok(23);
            }
        }
    }
    if let Some(format) = options.value("w write-out") {
        let text = format
            .replace("%{http_code}", &response.status.to_string())
            .replace("%{url_effective}", &url);
        tool.out(crate::world::shell::expand::unescape(&text))?;
    }
    Ok(0)
}

pub(super) fn wget(tool: &mut Tool<'_, '_>) -> Done {
    let options = tool.options(WGET_VALUED);
    if options.has("V version") {
        tool.out("GNU Wget 1.21.4 built on linux-gnu.\n")?;
        return Ok(0);
    }
    let mut status = 0;
    for url in &options.operands {
        let body = match (
            options.value("post-data body-data"),
            options.value("post-file body-file"),
        ) {
            (Some(text), _) => text.as_bytes().to_vec(),
            (None, Some(path)) => tool.operand(path)?.unwrap_or_default(),
            (None, None) => Vec::new(),
        };
        let posts = options.has("post-data post-file");
        let method = options
            .value("method")
            .unwrap_or(if posts { "POST" } else { "GET" });
        let agent = options.value("U user-agent").unwrap_or("Wget/1.21.4");
        let mut headers = vec![
            ("User-Agent".to_owned(), agent.to_owned()),
            ("Accept".to_owned(), "*/*".to_owned()),
        ];
        for header in options.values("header") {
            if let Some((name, value)) = header.split_once(':') {
                headers.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
        let request = HttpRequest {
            method: method.to_owned(),
            url: address(url),
            headers,
            body: body.into(),
        };
        let response = match fetch(tool, request, true) {
            Ok(response) if response.status < 400 => response,
            Ok(response) => {
                status = tool.fail(8, &format!("ERROR {}", response.status))?;
                continue;
            }
            Err(errno) => {
                status = tool.fail(
                    4,
                    &format!("unable to resolve or reach '{url}': {}", errno.message()),
                )?;
                continue;
            }
        };
        match options.value("O output-document") {
            Some("-") => tool.out(&response.body)?,
            path => {
                let directory = options
                    .value("P directory-prefix")
                    .map(|d| format!("{d}/"))
                    .unwrap_or_default();
                let path =
                    path.map_or_else(|| format!("{directory}{}", file_name(url)), str::to_owned);
                let caller = tool.caller();
                if let Err(errno) = tool.seat.write_file(&caller, &path, &response.body, false) {
                    status = tool.fail_on(&path, errno)?;
                }
            }
        }
    }
    Ok(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_the_end_of_the_path() {
        assert_eq!(file_name("https://x.test/a/b.sh?c=d"), "b.sh");
        assert_eq!(file_name("https://x.test/"), "index.html");
        assert_eq!(file_name("x.test"), "index.html");
    }

    #[test]
    fn form_values_are_percent_encoded() {
        assert_eq!(encoded("a=b c&d"), "a=b%20c%26d");
    }
}
