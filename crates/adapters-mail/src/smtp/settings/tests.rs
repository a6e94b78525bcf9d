use std::path::Path;

use proptest::prelude::*;

use super::*;

fn parse(url: &str) -> SmtpSettings {
    SmtpSettings::parse(url).unwrap()
}

fn error(url: &str) -> SmtpSettingsError {
    SmtpSettings::parse(url).unwrap_err()
}

/// What the settings log in with, as `AUTH PLAIN` sends it.
fn auth_plain(settings: &SmtpSettings) -> Option<String> {
    settings.login.as_ref().map(|login| login.spellings().swap_remove(0))
}

#[test]
fn each_form_has_its_security_and_default_port() {
    let plain = parse("smtp://localhost");
    assert!(matches!(plain.security, Security::Plain));
    assert_eq!((plain.host.as_str(), plain.port), ("localhost", 25));
    let submission = parse("smtp://mail.example.org?tls=required");
    assert!(matches!(submission.security, Security::StartTls(_)));
    assert_eq!(submission.port, 587);
    let implicit = parse("smtps://mail.example.org/");
    assert!(matches!(implicit.security, Security::Implicit(_)));
    assert_eq!(implicit.port, 465);
    assert!(matches!(parse("SMTPS://host?tls=required").security, Security::Implicit(_)));
}

#[test]
fn host_and_port_may_be_names_and_addresses() {
    for (url, host, port) in [
        ("smtp://localhost:1025", "localhost", 1025),
        ("smtp://mail_hog:1", "mail_hog", 1),
        ("smtp://192.0.2.7:65535", "192.0.2.7", 65535),
        ("smtp://[2001:db8::7]", "2001:db8::7", 25),
        (" smtps://u:p@[::1]:2465 ", "::1", 2465),
    ] {
        let settings = parse(url);
        assert_eq!((settings.host.as_str(), settings.port), (host, port), "{url}");
    }
}

#[test]
fn user_and_password_are_percent_decoded() {
    assert_eq!(auth_plain(&parse("smtp://host")), None);
    // "\0anna@x.org\0p:ä/s?" in base64.
    let settings = parse("smtps://anna%40x.org:p:%c3%A4%2Fs%3F@host");
    assert_eq!(auth_plain(&settings).unwrap(), "AGFubmFAeC5vcmcAcDrDpC9zPw==");
    assert_eq!(auth_plain(&parse("smtp://a:b%40c@host")), auth_plain(&parse("smtp://a:b@c@host")));
}

#[test]
fn the_name_for_ehlo_can_be_given() {
    assert_eq!(parse("smtp://host?hello=mail.example.org").hello_name.to_string(), "mail.example.org");
    assert!(!parse("smtp://host").hello_name.to_string().is_empty());
}

#[test]
fn each_mistake_has_its_error() {
    for url in ["", "localhost:25", "http://host", "smtp:host", "://host"] {
        assert!(matches!(error(url), SmtpSettingsError::Scheme), "{url}");
    }
    for url in ["smtp://host/path", "smtp://user:pa/ss@host", "smtp://user:pa#ss@host", "smtp://host//"] {
        assert!(matches!(error(url), SmtpSettingsError::NotEncoded), "{url}");
    }
    for url in [
        "smtp://user@host",
        "smtp://:p@host",
        "smtp://u:@host",
        "smtp://u:%zz@host",
        "smtp://u:%ff@host",
        "smtp://u:%4@host",
    ] {
        assert!(matches!(error(url), SmtpSettingsError::Login), "{url}");
    }
    for url in [
        "smtp://",
        "smtp://:25",
        "smtp://a b",
        "smtp://hö.example",
        "smtp://[::1",
        "smtp://[::g]",
        "smtp://[::1]x",
        "smtps://-.",
    ] {
        assert!(matches!(error(url), SmtpSettingsError::Host), "{url}");
    }
    for url in ["smtp://h:", "smtp://h:0", "smtp://h:65536", "smtp://h:+25", "smtp://h:1:2", "smtp://::1"] {
        assert!(matches!(error(url), SmtpSettingsError::Port | SmtpSettingsError::Host), "{url}");
    }
    for url in [
        "smtp://h?tls=no",
        "smtp://h?tls",
        "smtp://h?x=1",
        "smtps://h?ca=",
        "smtp://h?hello=a%0d%0ab",
        "smtp://user:pa?ss@host",
    ] {
        assert!(
            matches!(
                error(url),
                SmtpSettingsError::Parameter | SmtpSettingsError::Host | SmtpSettingsError::Port
            ),
            "{url}"
        );
    }
    assert!(matches!(error("smtp://h?ca=/x"), SmtpSettingsError::AuthorityWithoutTls));
}

#[test]
fn an_authority_file_must_hold_usable_certificates() {
    let folder = tempfile::tempdir().unwrap();
    let url = |file: &Path| format!("smtps://host?ca={}", file.display());
    let file = folder.path().join("root.pem");
    assert!(matches!(error(&url(&file)), SmtpSettingsError::AuthorityFile { path, .. } if path == file));
    std::fs::write(&file, "no certificate\n").unwrap();
    assert!(matches!(error(&url(&file)), SmtpSettingsError::AuthorityFile { .. }));
    std::fs::write(&file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    assert!(matches!(error(&url(&file)), SmtpSettingsError::AuthorityCertificate { .. }));
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::default().self_signed(&key).unwrap();
    std::fs::write(&file, certificate.pem()).unwrap();
    parse(&url(&file));
}

#[test]
fn debug_output_has_no_credentials() {
    let shown = format!("{:?}", parse("smtps://annabella:hunter2@host"));
    assert!(shown.contains("host") && !shown.contains("hunter2") && !shown.contains("annabella"), "{shown}");
}

proptest! {
    #[test]
    fn no_error_contains_a_part_of_the_text(before in "[a-z:/@?&=%]{0,12}", after in "[a-z:/@?&=%]{0,12}") {
        for url in [format!("smtp://{before}QZXJ{after}"), format!("{before}QZXJ{after}"), format!("smtps://u:QZXJ{after}@h")] {
            if let Err(error) = SmtpSettings::parse(&url) {
                let shown = format!("{error} {error:?}");
                prop_assert!(!shown.contains("QZXJ") || url.contains("ca="));
            }
        }
    }
}
