//! Which secrets there are: how each is made, the variables that hold it, and who may see it.

use super::format::{self, BASE32, BASE62, BASE64, BASE64_URL, DIGITS, HEX};
use crate::world::Random;
use crate::world::machine::tree::Values;

/// One kind of secret.
pub(super) struct Spec {
    /// The decoy's name, and the name of its value in the texts.
    pub(super) name: &'static str,
    /// The group that is varied together.
    pub(super) group: &'static str,
    /// Makes it, given the values that were made before it.
    pub(super) make: fn(&mut Random, &Values) -> Made,
    /// The variables that hold it.
    pub(super) variables: &'static [&'static str],
    /// Who may see it.
    pub(super) audience: Audience,
}

/// Who may see a secret.
#[derive(Clone, Copy, Debug)]
pub(super) enum Audience {
    /// The package registries.
    Registries,
    /// These hosts, or suffixes of hosts that start with a dot.
    Hosts(&'static [&'static str]),
}

/// A secret and other texts in which it stands.
pub(super) struct Made {
    /// The secret.
    pub(super) secret: String,
    /// Name and text of each other form.
    pub(super) forms: Vec<(&'static str, String)>,
}

impl From<String> for Made {
    fn from(secret: String) -> Made {
        Made {
            secret,
            forms: Vec::new(),
        }
    }
}

/// Names, alphabets and lengths of what stands around secrets and is none.
pub(super) const IDENTIFIERS: &[(&str, &str, usize)] = &[
    ("aws-account", DIGITS, 12),
    ("client-id", DIGITS, 12),
    ("tenant-hex", HEX, 32),
    ("user-hex", HEX, 32),
    ("wallet-address", HEX, 40),
    ("wallet-salt", HEX, 64),
    ("slack-team", DIGITS, 12),
    ("chat-user", DIGITS, 18),
    ("key-id", HEX, 40),
];

/// Hosts of GitHub.
const GITHUB: Audience = Audience::Hosts(&["github.com", ".github.com", ".githubusercontent.com"]);
/// Amazon's cloud.
const AWS: Audience = Audience::Hosts(&[".amazonaws.com", ".aws.amazon.com"]);
/// Google's cloud.
const GOOGLE: Audience = Audience::Hosts(&[".googleapis.com", "accounts.google.com"]);
/// Microsoft's cloud.
const AZURE: Audience =
    Audience::Hosts(&["login.microsoftonline.com", ".azure.com", ".windows.net"]);
/// Nobody outside the machine and its own network.
const NOBODY: Audience = Audience::Hosts(&[]);

/// Shortens a row of the table.
const fn spec(
    name: &'static str,
    group: &'static str,
    variables: &'static [&'static str],
    audience: Audience,
    make: fn(&mut Random, &Values) -> Made,
) -> Spec {
    Spec {
        name,
        group,
        make,
        variables,
        audience,
    }
}

/// All secrets of a developer's machine.
pub(super) const SPECS: &[Spec] = &[
    spec(
        "npm-token",
        "npm",
        &["NPM_TOKEN", "NODE_AUTH_TOKEN"],
        Audience::Registries,
        |random, _| format::checked_token(random, "npm_").into(),
    ),
    spec(
        "github-token",
        "github",
        &["GITHUB_TOKEN", "GH_TOKEN"],
        GITHUB,
        |random, _| format::checked_token(random, "ghp_").into(),
    ),
    spec("github-cli-token", "github", &[], GITHUB, |random, _| {
        format::checked_token(random, "gho_").into()
    }),
    spec(
        "git-password",
        "git",
        &[],
        Audience::Hosts(&["gitlab.com"]),
        |random, _| format!("glpat-{}", random.text(BASE64_URL, 20)).into(),
    ),
    spec("ssh-key", "ssh", &[], NOBODY, |random, values| {
        ssh(random, values)
    }),
    spec(
        "netrc-password",
        "netrc",
        &["HEROKU_API_KEY"],
        Audience::Hosts(&[".heroku.com"]),
        |random, _| format!("HRKU-AA{}", random.text(BASE64_URL, 58)).into(),
    ),
    spec(
        "pypi-token",
        "pypi",
        &["TWINE_PASSWORD"],
        Audience::Registries,
        pypi,
    ),
    spec(
        "cargo-token",
        "cargo",
        &["CARGO_REGISTRY_TOKEN"],
        Audience::Registries,
        |random, _| format!("cio{}", random.text(BASE62, 32)).into(),
    ),
    spec(
        "aws-key-id",
        "aws",
        &["AWS_ACCESS_KEY_ID"],
        AWS,
        |random, _| format!("AKIA{}", random.text(BASE32, 16)).into(),
    ),
    spec(
        "aws-secret-key",
        "aws",
        &["AWS_SECRET_ACCESS_KEY"],
        AWS,
        |random, _| random.text(BASE64, 40).into(),
    ),
    spec(
        "gcloud-refresh-token",
        "gcloud",
        &[],
        GOOGLE,
        |random, _| format!("1//0{}", random.text(BASE64_URL, 99)).into(),
    ),
    spec("gcloud-service-key", "gcloud", &[], GOOGLE, |random, _| {
        service_key(random)
    }),
    spec(
        "azure-secret",
        "azure",
        &["AZURE_CLIENT_SECRET"],
        AZURE,
        |random, _| {
            let (head, tail) = (random.text(BASE62, 3), random.text(BASE62, 34));
            format!("{head}8Q~{tail}").into()
        },
    ),
    spec("azure-refresh-token", "azure", &[], AZURE, |random, _| {
        format!("0.A{}", random.text(BASE64_URL, 260)).into()
    }),
    spec("kube-client-key", "kube", &[], NOBODY, |random, _| {
        kube_key(random)
    }),
    spec("kube-token", "kube", &[], NOBODY, |random, _| {
        format!(
            "kubeconfig-u-{}:{}",
            random.text("bcdfghjklmnpqrstvwxz", 5),
            random.text("bcdfghjklmnpqrstvwxz2456789", 54)
        )
        .into()
    }),
    spec(
        "docker-token",
        "docker",
        &[],
        Audience::Hosts(&[".docker.io", ".docker.com"]),
        docker,
    ),
    spec(
        "vault-token",
        "vault",
        &["VAULT_TOKEN"],
        NOBODY,
        |random, _| format!("hvs.{}", random.text(BASE64_URL, 90)).into(),
    ),
    spec(
        "terraform-token",
        "terraform",
        &[],
        Audience::Hosts(&["app.terraform.io"]),
        |random, _| {
            format!(
                "{}.atlasv1.{}",
                random.text(BASE62, 14),
                random.text(BASE62, 67)
            )
            .into()
        },
    ),
    spec(
        "openai-key",
        "llm",
        &["OPENAI_API_KEY"],
        Audience::Hosts(&["api.openai.com"]),
        |random, _| format!("sk-proj-{}", random.text(BASE64_URL, 156)).into(),
    ),
    spec(
        "anthropic-key",
        "llm",
        &["ANTHROPIC_API_KEY"],
        Audience::Hosts(&["api.anthropic.com"]),
        |random, _| format!("sk-ant-api03-{}AA", random.text(BASE64_URL, 93)).into(),
    ),
    spec(
        "llm-login-token",
        "llm",
        &[],
        Audience::Hosts(&[".anthropic.com", "claude.ai"]),
        |random, _| format!("sk-ant-oat01-{}AA", random.text(BASE64_URL, 93)).into(),
    ),
    spec(
        "gemini-key",
        "llm",
        &["GEMINI_API_KEY"],
        GOOGLE,
        |random, _| format!("AIzaSy{}", random.text(BASE64_URL, 33)).into(),
    ),
    spec(
        "database-password",
        "database",
        &["PGPASSWORD"],
        NOBODY,
        |random, _| random.text(BASE62, 24).into(),
    ),
    spec(
        "stripe-key",
        "dotenv",
        &["STRIPE_SECRET_KEY"],
        Audience::Hosts(&["api.stripe.com"]),
        |random, _| format!("sk_live_51{}", random.text(BASE62, 97)).into(),
    ),
    spec("session-secret", "dotenv", &[], NOBODY, |random, _| {
        random.text(HEX, 64).into()
    }),
    spec(
        "sendgrid-key",
        "dotenv",
        &[],
        Audience::Hosts(&["api.sendgrid.com"]),
        |random, _| {
            format!(
                "SG.{}.{}",
                random.text(BASE64_URL, 22),
                random.text(BASE64_URL, 43)
            )
            .into()
        },
    ),
    spec("history-token", "history", &[], NOBODY, |random, _| {
        random.text(HEX, 40).into()
    }),
    spec(
        "slack-bot-token",
        "slack",
        &["SLACK_BOT_TOKEN"],
        Audience::Hosts(&["slack.com", ".slack.com"]),
        |random, values| {
            let team = values.get("slack-team").map_or("", String::as_str);
            format!(
                "xoxb-{team}-{}-{}",
                random.text(DIGITS, 13),
                random.text(BASE62, 24)
            )
            .into()
        },
    ),
    spec(
        "slack-session",
        "slack",
        &[],
        Audience::Hosts(&["slack.com", ".slack.com"]),
        |random, values| {
            let team = values.get("slack-team").map_or("", String::as_str);
            format!(
                "xoxc-{team}-{}-{}",
                random.text(DIGITS, 12),
                random.text(HEX, 64)
            )
            .into()
        },
    ),
    spec(
        "discord-token",
        "discord",
        &[],
        Audience::Hosts(&["discord.com", ".discord.com", ".discord.gg"]),
        discord,
    ),
    spec("telegram-key", "telegram", &[], NOBODY, |random, _| {
        random.text(BASE64, 256).into()
    }),
    spec("signal-key", "signal", &[], NOBODY, |random, _| {
        random.text(HEX, 64).into()
    }),
    spec("browser-password", "browser", &[], NOBODY, |random, _| {
        format!("v11{}", random.text(BASE64, 44)).into()
    }),
    spec("browser-cookie", "browser", &[], NOBODY, |random, _| {
        format!("v11{}", random.text(BASE64, 88)).into()
    }),
    spec("firefox-password", "browser", &[], NOBODY, |random, _| {
        format!(
            "MDoEEPgAAAAAAAAAAAAAAAAAAAEwFAYIKoZIhvcNAwcECL{}",
            random.text(BASE64, 34)
        )
        .into()
    }),
    spec("ethereum-keystore", "wallet", &[], NOBODY, |random, _| {
        random.text(HEX, 64).into()
    }),
    spec("browser-wallet", "wallet", &[], NOBODY, |random, _| {
        random.text(BASE64, 588).into()
    }),
    spec("solana-key", "wallet", &[], NOBODY, |random, _| {
        format::numbers(random, 64).into()
    }),
    spec("wallet-seed", "wallet", &[], NOBODY, |random, _| {
        random.text(BASE64, 172).into()
    }),
    spec("keyring", "keyring", &[], NOBODY, |random, _| {
        random.text(BASE64, 192).into()
    }),
    spec("gpg-key", "gpg", &[], NOBODY, |random, _| {
        random.text(HEX, 64).to_uppercase().into()
    }),
];

fn ssh(random: &mut Random, values: &Values) -> Made {
    let value = |name: &str| values.get(name).map_or("", String::as_str);
    let key = format::ssh_key(random, &format!("{}@{}", value("user"), value("hostname")));
    Made {
        secret: key.line,
        forms: vec![("ssh-private", key.private), ("ssh-public", key.public)],
    }
}

/// A macaroon as a Python index issues it: version 2, the index's host, an identifier of 36 characters, a signature.
fn pypi(random: &mut Random, values: &Values) -> Made {
    let host = values.get("python-index").map_or("", String::as_str);
    let mut body = vec![2, 1, u8::try_from(host.len()).unwrap_or(u8::MAX)];
    body.extend_from_slice(host.as_bytes());
    body.extend_from_slice(&[2, 36]);
    body.extend_from_slice(random.text(HEX, 36).as_bytes());
    body.extend(format::bytes(random, 80));
    format!("pypi-{}", format::base64_url(body)).into()
}

/// The private key of a service account: a PKCS #8 structure of 1217 bytes, in the JSON form with `\n`.
fn service_key(random: &mut Random) -> Made {
    let head = [
        0x30, 0x82, 0x04, 0xbd, 0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
        0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    let (body, line) = format::pem(random, &head, 1_217);
    Made {
        secret: line,
        forms: vec![("gcloud-service-private", body.replace('\n', "\\n"))],
    }
}

/// A client's key as kubectl keeps it: base 64 of a PEM text. The secret is a piece of the outer base 64.
fn kube_key(random: &mut Random) -> Made {
    let (body, _) = format::pem(random, &[0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20], 121);
    let whole = format::base64(format!(
        "-----BEGIN EC PRIVATE KEY-----\n{body}\n-----END EC PRIVATE KEY-----\n"
    ));
    let secret = whole.get(60..140).unwrap_or_default().to_owned();
    Made {
        secret,
        forms: vec![("kube-client-key-data", whole)],
    }
}

/// A personal access token of Docker's hub, also as `user:token` in base 64.
fn docker(random: &mut Random, values: &Values) -> Made {
    let secret = format!("dckr_pat_{}", random.text(BASE64_URL, 27));
    let user = values.get("user").map_or("", String::as_str);
    let auth = format::base64(format!("{user}:{secret}"));
    Made {
        secret,
        forms: vec![("docker-auth", auth)],
    }
}

/// Discord's token: the user's number in base 64, a time stamp and a code.
fn discord(random: &mut Random, values: &Values) -> Made {
    let user = format::base64_url(values.get("chat-user").map_or("", String::as_str));
    format!(
        "{user}.G{}.{}",
        random.text(BASE64_URL, 5),
        random.text(BASE64_URL, 38)
    )
    .into()
}
