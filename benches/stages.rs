//! The stages one by one, on inputs that are made here: `cargo bench --bench stages [FILTER]`.
//!
//! What a user waits for, whole processes and batches, is measured by `cargo xtask bench`.

use bytes::Bytes;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use lazaret::guest::Cache;
use lazaret::pipeline::{self, Settings, Station};
use lazaret::target::Target;
use lazaret::trace::{Caps, Header, Kind, Location, PackageId, ReadLimits, Recorder, Trace};
use lazaret::unpack::{self, Quotas};
use lazaret::world::decoy::{self, Seeds};
use lazaret::world::fs::{Fs, Who};
use lazaret::world::{Persona, machine};
use lazaret::{rules, verdict};
use std::hint::black_box;

const ROOT: &str = "/home/u/work/app/node_modules/sample";

/// Events of the two traces that show whether time grows with the events or faster.
const EVENTS: [u32; 2] = [10_000, 100_000];

/// A trace of a busy package: files, variables, hosts and programs in turn, half of them again and again.
fn trace(events: u32) -> Trace {
    let mut recorder = Recorder::new(Caps::default());
    recorder.start_run("import", "developer", "require('sample')");
    for number in 0..events {
        let place = Location {
            file: format!("{ROOT}/lib/{}.js", number % 97),
            line: number % 1_000,
            column: 1,
        };
        let (kind, subject) = match number % 8 {
            0 | 1 => (Kind::FileStat, format!("/home/u/work/app/{number}")),
            2 => (Kind::FileRead, format!("{ROOT}/data/{}.json", number % 500)),
            3 => (Kind::FileWrite, format!("/home/u/.cache/sample/{number}")),
            4 => (Kind::EnvRead, format!("VARIABLE_{}", number % 50)),
            5 => (Kind::NetDns, format!("host{}.example", number % 300)),
            6 => (Kind::NetSend, format!("host{}.example:443", number % 300)),
            _ => (Kind::CodeLoad, format!("{ROOT}/lib/{}.js", number % 97)),
        };
        let seq = recorder.record(kind, subject, 2, u64::from(number) * 1_000, vec![place]);
        if matches!(kind, Kind::FileWrite | Kind::NetSend | Kind::CodeLoad) {
            let text = format!("text {} of a busy package\n", number % 4_000).repeat(8);
            recorder.attach(seq, text.into_bytes());
        }
    }
    let (runs, events, blobs) = recorder.finish();
    let header = Header {
        schema: lazaret::trace::SCHEMA.into(),
        package: PackageId {
            name: "sample".into(),
            root: ROOT.into(),
            ..PackageId::default()
        },
        decoys: decoy::plant(
            &mut Fs::default(),
            &Persona::default(),
            &Seeds::of(1),
            &["registry.example".into()],
        )
        .1,
        registries: vec!["registry.example".into()],
        ..Header::default()
    };
    Trace {
        header,
        runs,
        events,
        blobs,
    }
}

/// A gzipped tar archive of a thousand modules.
fn archive() -> Bytes {
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let mut builder = tar::Builder::new(gzip);
    let mut add = |path: String, text: &str| {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        builder
            .append_data(&mut header, path, text.as_bytes())
            .expect("into memory");
    };
    add("package/package.json".into(), r#"{"name": "sample"}"#);
    for number in 0..1_000 {
        let text = format!("exports.value{number} = {number} * 2;\n").repeat(100);
        add(format!("package/lib/{}/{number}.js", number % 37), &text);
    }
    let gzip = builder.into_inner().expect("into memory");
    gzip.finish().expect("into memory").into()
}

fn unpacking(criterion: &mut Criterion) {
    let packed = archive();
    let mut group = criterion.benchmark_group("unpack");
    group.throughput(Throughput::Elements(1_001));
    group.bench_function("1001 files of a tgz", |bencher| {
        bencher.iter(|| unpack::archive(&packed, &Quotas::default()).expect("a lawful archive"));
    });
    group.finish();
}

fn codec(criterion: &mut Criterion) {
    let trace = trace(EVENTS[0]);
    let mut stored = Vec::new();
    trace.write_to(&mut stored).expect("into memory");
    let mut group = criterion.benchmark_group("trace");
    group.throughput(Throughput::Elements(EVENTS[0].into()));
    group.bench_function("encode", |bencher| {
        bencher.iter(|| trace.write_to(std::io::sink()).expect("into nothing"));
    });
    group.bench_function("decode", |bencher| {
        bencher.iter(|| Trace::read_from(&stored[..], &ReadLimits::default()).expect("a trace"));
    });
    group.bench_function("digest", |bencher| bencher.iter(|| trace.digest()));
    group.finish();
}

fn judging(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rules");
    group.sample_size(10);
    for events in EVENTS {
        let trace = trace(events);
        group.throughput(Throughput::Elements(events.into()));
        group.bench_function(format!("{events} events"), |bencher| {
            bencher.iter(|| {
                let findings = rules::judge(&trace);
                verdict::decide(&trace, &findings)
            });
        });
    }
    group.finish();
}

fn world(criterion: &mut Criterion) {
    let persona = Persona::default();
    let disk = machine::base(&persona);
    let hosts = ["registry.example".to_owned()];
    let mut group = criterion.benchmark_group("world");
    group.bench_function("machine", |bencher| {
        bencher.iter(|| machine::base(&persona))
    });
    group.bench_function("decoys", |bencher| {
        bencher.iter_batched(
            || Fs::on(disk.clone()),
            |mut fs| decoy::plant(&mut fs, &persona, &Seeds::of(1), &hosts),
            BatchSize::SmallInput,
        );
    });
    let fs = Fs::on(disk.clone());
    group.bench_function("walk", |bencher| {
        bencher.iter(|| {
            fs.walk(
                Who::ROOT,
                black_box("/usr/lib/node_modules/npm/package.json"),
                true,
            )
        });
    });
    group.bench_function("plant 1000 files", |bencher| {
        bencher.iter_batched(
            || fs.clone(),
            |mut fs| {
                for number in 0..1_000 {
                    fs.plant_file(&format!("{ROOT}/lib/{number}.js"), "text", 0o644);
                }
                fs
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

fn vetting(criterion: &mut Criterion) {
    let place = tempfile::tempdir().expect("a directory of one's own");
    let cache = Cache::open_at(&place.path().join("cache")).expect("a private cache");
    let station = Station::open(&cache).expect("a guest");
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/packages/benign-small");
    let target = Target::parse(sample).expect("a directory");
    let package = pipeline::read(&target).expect("a package");
    let settings = Settings::default();
    let mut group = criterion.benchmark_group("vet");
    group.bench_function("read", |bencher| {
        bencher.iter(|| pipeline::read(&target).expect("a package"));
    });
    group.bench_function("run a script, require and import", |bencher| {
        bencher.iter(|| station.run(&package, &settings).expect("a trace"));
    });
    group.finish();
}

criterion_group!(stages, unpacking, codec, judging, world, vetting);
criterion_main!(stages);
