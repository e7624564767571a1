//! **What.** Bytes from the network are run: written to a file and started, loaded as a module, or evaluated.
//!
//! **Why.** What is run was then never part of the package that somebody reviewed; it can be another thing tomorrow or for
//! another victim. The world answers downloads with inert bytes, so code that checks a digest or a signature refuses them
//! and runs nothing; running them shows that nothing was checked.
//!
//! **Example.** `https.get(url, res => res.pipe(file)); ... fs.chmodSync(file, 0o755); spawn(file, {detached: true})`
//!
//! **Benign look-alike.** An installer downloads the program that the package wraps, compares its SHA-256 with the one it
//! carries, and refuses. Downloads from the registry are notes; from the package's own hosts they weigh little; a bare
//! address, text that is evaluated, a hidden or temporary file, or a process that outlives the installation weigh much.
//!
//! Since 0.1.0.

use super::flow::{Download, How};
use super::places::normal;
use super::{Confidence, Finding, Meta, Place, Reach, Rule, Severity, View};
use crate::trace::{Event, Kind};

/// The rule.
#[derive(Debug)]
pub(super) struct Check;

impl Rule for Check {
    const META: Meta = Meta {
        id: "download-and-execute",
        title: "Bytes from the network are run unchecked",
        severity: Severity::Critical,
        confidence: Confidence::High,
        technique: "T1105",
        phases: &[],
    };

    fn check(view: &View<'_>) -> Vec<Finding> {
        view.downloads()
            .iter()
            .filter(|download| !matches!(download.run.how, How::Input | How::Argument))
            .filter_map(|download| judge(view, download))
            .collect()
    }
}

fn judge<'t>(view: &View<'t>, download: &Download<'t>) -> Option<Finding> {
    let (severity, confidence) = match (view.reach(download.source), aggravated(view, download)) {
        (Reach::Local, _) => return None,
        (Reach::Registry, _) => (Severity::Info, Confidence::Medium),
        (Reach::Own, false) => (Severity::Medium, Confidence::Medium),
        (Reach::Own, true) => (Severity::High, Confidence::Medium),
        (Reach::Foreign, false) => (Severity::High, Confidence::Medium),
        (Reach::Foreign, true) => (Severity::High, Confidence::High),
        (Reach::Address, _) => (Severity::Critical, Confidence::High),
    };
    let what = match download.run.how {
        How::Program => format!("{} is started", download.run.path),
        How::Module => format!("{} is loaded", download.run.path),
        _ => "the text is evaluated".to_owned(),
    };
    let detail = format!("{what}, its bytes came from {}", view.host(download.source));
    let mut chain = vec![download.run.event, download.source];
    chain.extend(download.run.written);
    chain.extend(made_executable(view, download));
    Some(
        Check::META
            .finding(view, &chain, detail)
            .graded(severity, confidence),
    )
}

/// Signs that no installer of the package's own program gives.
fn aggravated<'t>(view: &View<'t>, download: &Download<'t>) -> bool {
    let run = &download.run;
    let place = view.places().of(&run.path);
    let hidden = run
        .path
        .rsplit('/')
        .next()
        .is_some_and(|name| name.starts_with('.'));
    let plain = requests(view, download).any(|event| event.subject.contains(" http://"));
    let detached = run
        .event
        .detail
        .get("detached")
        .is_some_and(|value| value == "yes");
    let outside = run.how != How::Evaluated && !matches!(place, Place::Own | Place::Cache);
    let evaluated = run.how == How::Evaluated && !is_data(&run.bytes);
    evaluated || outside || hidden || plain || detached
}

/// Whether evaluated text is data: some old code reads JSON by evaluating it.
fn is_data(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let text = text
        .trim()
        .trim_start_matches('(')
        .trim_end_matches([')', ';']);
    serde_json::from_str::<serde_json::Value>(text).is_ok()
}

/// The requests to the host from which the bytes came, before they came.
fn requests<'v, 't>(
    view: &'v View<'t>,
    download: &'v Download<'t>,
) -> impl Iterator<Item = &'t Event> {
    let host = view.host(download.source);
    let all = view.of(Kind::NetHttp).iter().copied();
    all.filter(move |event| {
        event.run == download.source.run
            && event.seq <= download.source.seq
            && view.host(event) == host
    })
}

/// The changes of mode that made the file a program.
fn made_executable<'t>(view: &View<'t>, download: &Download<'t>) -> Vec<&'t Event> {
    let Some(write) = download.run.written else {
        return Vec::new();
    };
    let paths = [normal(view.path(write)), download.run.path.clone()];
    let changes = view.of(Kind::FileChmod).iter().copied();
    changes
        .filter(|event| {
            event.seq < download.run.event.seq && paths.contains(&normal(view.path(event)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{ROOT, TraceBuilder};

    const PROGRAM: &[u8] = b"\x7fELF\0\0INERT-PAYLOAD\0\0";

    fn fetch_and_start(host: &str, path: &str) -> Vec<Finding> {
        let mut builder = TraceBuilder::new();
        builder.event(Kind::NetHttp, &format!("GET https://{host}/tool"));
        builder.payload(Kind::NetRecv, &format!("{host}:443"), PROGRAM);
        builder.payload(Kind::FileWrite, path, PROGRAM);
        builder.event(Kind::FileChmod, path);
        builder.at("install.js", 8).spawn(&[path]);
        builder.check::<Check>()
    }

    #[test]
    fn the_whole_chain_is_the_evidence() {
        let found = fetch_and_start("x.example", "/tmp/.a");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].evidence, [1, 2, 3, 4]);
        assert_eq!(found[0].at.as_ref().map(|at| at.line), Some(8));
        assert_eq!(
            (found[0].severity, found[0].confidence),
            (Severity::High, Confidence::High)
        );
    }

    #[test]
    fn where_from_and_where_to_decide_the_weight() {
        let own = format!("{ROOT}/bin/tool");
        let grade = |host: &str, path: &str| fetch_and_start(host, path)[0].severity;
        assert_eq!(grade("registry.test", &own), Severity::Info);
        assert_eq!(grade("dl.tool.example", &own), Severity::Medium);
        assert_eq!(grade("192.0.2.1", &own), Severity::Critical);
        assert_eq!(
            fetch_and_start("x.example", &own)[0].confidence,
            Confidence::Medium
        );
    }

    #[test]
    fn a_download_that_is_not_run_is_quiet() {
        let mut builder = TraceBuilder::new();
        builder.payload(Kind::NetRecv, "x.example:443", PROGRAM);
        builder.payload(Kind::FileWrite, "/tmp/.a", PROGRAM);
        assert_eq!(builder.check::<Check>(), []);
    }
}
